"""The ways out of the house; one module or folder each. They know their contract and nothing else of rebill."""
