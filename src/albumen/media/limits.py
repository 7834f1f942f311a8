"""How much one file may ask of us, and the check of a header against it."""

from dataclasses import dataclass

from albumen.kernel.errors import TooLarge


@dataclass(frozen=True)
class Limits:
    """Bounds for one file.  Bytes and seconds are held by the guard, pixels are compared before decoding."""

    memory_bytes: int = 1_536 * 2**20
    output_bytes: int = 512 * 2**20
    cpu_seconds: int = 60
    still_seconds: float = 60.0
    video_seconds: float = 120.0
    max_still_bytes: int = 100_000_000
    max_pixels: int = 200_000_000
    max_side: int = 65_500
    max_frames: int = 1_000
    max_total_pixels: int = 500_000_000
    files_per_child: int = 500
    resident_bytes: int = 200 * 2**20

    def admit_size(self, size: int) -> None:
        """Raise `TooLarge` for a still of more bytes than the settings admit."""
        if size > self.max_still_bytes:
            raise TooLarge(f"The file is larger than {self.max_still_bytes // 1_000_000} MB.")

    def admit(self, width: int, height: int, frames: int = 1) -> None:
        """Raise `TooLarge` for a picture, or an animation, of more pixels than the settings admit."""
        if max(width, height) > self.max_side:
            raise TooLarge(f"The picture is more than {self.max_side} pixels wide or high.")
        if width * height > self.max_pixels:
            raise TooLarge(f"The picture has more than {self.max_pixels // 1_000_000} megapixels.")
        if frames > self.max_frames:
            raise TooLarge(f"The animation has more than {self.max_frames} frames.")
        if width * height * frames > self.max_total_pixels:
            raise TooLarge(f"The frames have more than {self.max_total_pixels // 1_000_000} megapixels in all.")


@dataclass(frozen=True)
class FilmLimits:
    """Bounds for one conversion.  `seconds_a_second`: the longest time that a second of film may take."""

    memory_bytes: int = 3 * 2**30
    seconds_a_second: float = 60.0
    least_seconds: float = 120.0
    threads: int = 2

    def wall_seconds(self, seconds: float) -> float:
        """The longest time that a film of so many seconds may take."""
        return self.least_seconds + self.seconds_a_second * seconds
