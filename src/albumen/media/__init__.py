"""What a media file is and what it shows: file in, file or facts out; no database and no network."""
