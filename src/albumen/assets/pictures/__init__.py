"""What is to be seen in photos: their text and objects, the faces in them, and the people these belong to."""
