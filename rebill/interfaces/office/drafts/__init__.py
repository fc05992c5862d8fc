"""A draft: is it right? The paper as the customer will see it, edited where it stands, and why each line is there."""
