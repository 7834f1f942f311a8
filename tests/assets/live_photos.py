"""Photos that move, as phones write them."""

from pathlib import Path

from tests import films, make
from tests.media import samples

IDENTIFIER = "0A1B2C3D-0000-1111-2222-333344445555"


def live_photo(identifier: str = IDENTIFIER) -> bytes:
    """A JPEG whose maker note names the content, as iPhones write it."""
    return samples.jpeg(exif=samples.tiff({271: "Apple"}, {37500: apple_note(identifier)}))


def live_film(folder: Path, *, loops: int = 0) -> bytes:
    """The film of that live photo, made in a folder; repeated so many times more."""
    source, target = films.film(films.named("hevc.mov"), folder), folder / f"live {loops}.mov"
    told = ("-metadata", f"com.apple.quicktime.content.identifier={IDENTIFIER}", "-movflags", "use_metadata_tags")
    films.ffmpeg("-stream_loop", str(loops), "-i", str(source), "-c", "copy", *told, str(target))
    return target.read_bytes()


def apple_note(identifier: str) -> bytes:
    value = identifier.encode() + b"\0"
    head = b"Apple iOS\0\0\x01MM"
    at = len(head) + 2 + 12 + 4
    entry = (17).to_bytes(2, "big") + (2).to_bytes(2, "big") + len(value).to_bytes(4, "big") + at.to_bytes(4, "big")
    return head + (1).to_bytes(2, "big") + entry + bytes(4) + value


def motion_photo() -> tuple[bytes, bytes]:
    """A JPEG with a film behind it, as Google's phones write it; and the film."""
    film = make.film(codec="libx264", frames=30)
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MicroVideo="1"'
        f' GCamera:MicroVideoOffset="{len(film)}"/></rdf:RDF></x:xmpmeta>'
    )
    return samples.jpeg(xmp=packet.encode()) + film, film
