"""The file formats for other systems; one module each. They know their contract and nothing else of rebill."""
