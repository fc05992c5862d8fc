"""Call files on their way in: from a folder that is watched, or in pieces over the API."""
