"""What is added to an article beyond what the publisher said."""
