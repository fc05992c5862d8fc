"""The texts of the data-protection terms, one file a version and language; a file that was shown is never changed."""
