"""Operations: what a keeper or a program asks of the whole - what is missing, make it, sweep up."""
