"""The nouns that walk through the house: `Visit -> Fetched -> Capture -> ParsedArticle -> SavePlan`, each telling its stage.

They are frozen, slotted dataclasses; database rows do not leave `storage`.
"""
