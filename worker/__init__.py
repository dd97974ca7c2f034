"""The pipeline: visit -> capture -> parse -> identify -> dedupe -> enrich -> save."""
