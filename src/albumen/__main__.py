"""`albumen`, and `python -m albumen`."""

from albumen.cli.main import main

if __name__ == "__main__":
    main()
