"""The nouns that walk through the house: each tells its stage.

`Visit -> Fetched -> Capture -> ParsedArticle -> SavePlan`.

They are frozen, slotted dataclasses; database rows do not leave `storage`.
"""
