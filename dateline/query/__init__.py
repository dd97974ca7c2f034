"""The query language: text | parse | a tree | a matcher, or what a database is asked. Pure; one tokenizer for all."""
