"""The names of the Exif and GPS tags that are shown (Exif 3.0, TIFF 6.0, DNG 1.7)."""

from typing import Final

IMAGE: Final = {
    254: "SubfileType", 256: "ImageWidth", 257: "ImageHeight", 258: "BitsPerSample", 259: "Compression",
    262: "PhotometricInterpretation", 269: "DocumentName", 270: "ImageDescription", 271: "Make", 272: "Model",
    274: "Orientation", 277: "SamplesPerPixel", 282: "XResolution", 283: "YResolution", 285: "PageName",
    296: "ResolutionUnit", 305: "Software", 306: "ModifyDate", 315: "Artist", 316: "HostComputer",
    531: "YCbCrPositioning", 18246: "Rating", 18249: "RatingPercent", 33432: "Copyright",
    40091: "XPTitle", 40092: "XPComment", 40093: "XPAuthor", 40094: "XPKeywords", 40095: "XPSubject",
    50706: "DNGVersion", 50708: "UniqueCameraModel", 50735: "CameraSerialNumber",
}  # fmt: skip

PHOTO: Final = {
    33434: "ExposureTime", 33437: "FNumber", 34850: "ExposureProgram", 34855: "ISO", 34864: "SensitivityType",
    34866: "RecommendedExposureIndex", 36864: "ExifVersion", 36867: "DateTimeOriginal", 36868: "CreateDate",
    36880: "OffsetTime", 36881: "OffsetTimeOriginal", 36882: "OffsetTimeDigitized", 37377: "ShutterSpeedValue",
    37378: "ApertureValue", 37379: "BrightnessValue", 37380: "ExposureCompensation", 37381: "MaxApertureValue",
    37382: "SubjectDistance", 37383: "MeteringMode", 37384: "LightSource", 37385: "Flash", 37386: "FocalLength",
    37396: "SubjectArea", 37510: "UserComment", 37520: "SubSecTime", 37521: "SubSecTimeOriginal",
    37522: "SubSecTimeDigitized", 40961: "ColorSpace", 40962: "ExifImageWidth", 40963: "ExifImageHeight",
    41486: "FocalPlaneXResolution", 41487: "FocalPlaneYResolution", 41488: "FocalPlaneResolutionUnit",
    41495: "SensingMethod", 41728: "FileSource", 41729: "SceneType", 41985: "CustomRendered",
    41986: "ExposureMode", 41987: "WhiteBalance", 41988: "DigitalZoomRatio", 41989: "FocalLengthIn35mmFormat",
    41990: "SceneCaptureType", 41991: "GainControl", 41992: "Contrast", 41993: "Saturation", 41994: "Sharpness",
    41996: "SubjectDistanceRange", 42016: "ImageUniqueID", 42032: "OwnerName", 42033: "SerialNumber",
    42034: "LensInfo", 42035: "LensMake", 42036: "LensModel", 42037: "LensSerialNumber", 42038: "ImageTitle",
    42039: "Photographer", 42080: "CompositeImage",
}  # fmt: skip

GPS: Final = {
    0: "GPSVersionID", 1: "GPSLatitudeRef", 2: "GPSLatitude", 3: "GPSLongitudeRef", 4: "GPSLongitude",
    5: "GPSAltitudeRef", 6: "GPSAltitude", 7: "GPSTimeStamp", 8: "GPSSatellites", 9: "GPSStatus",
    10: "GPSMeasureMode", 11: "GPSDOP", 12: "GPSSpeedRef", 13: "GPSSpeed", 14: "GPSTrackRef", 15: "GPSTrack",
    16: "GPSImgDirectionRef", 17: "GPSImgDirection", 18: "GPSMapDatum", 27: "GPSProcessingMethod",
    28: "GPSAreaInformation", 29: "GPSDateStamp", 31: "GPSHPositioningError",
}  # fmt: skip

ORIENTATIONS: Final = (
    "", "Horizontal (normal)", "Mirror horizontal", "Rotate 180", "Mirror vertical",
    "Mirror horizontal and rotate 270 CW", "Rotate 90 CW", "Mirror horizontal and rotate 90 CW", "Rotate 270 CW",
)  # fmt: skip

# Values that are codes, in the words ExifTool made customary.
MEANINGS: Final = {
    "ExposureProgram": {1: "Manual", 2: "Program AE", 3: "Aperture-priority AE", 4: "Shutter speed priority AE",
                        5: "Creative (slow)", 6: "Action (fast)", 7: "Portrait", 8: "Landscape", 9: "Bulb"},
    "MeteringMode": {1: "Average", 2: "Center-weighted average", 3: "Spot", 4: "Multi-spot", 5: "Multi-segment",
                     6: "Partial"},
    "ColorSpace": {1: "sRGB", 2: "Adobe RGB", 0xFFFF: "Uncalibrated"},
    "ExposureMode": {0: "Auto", 1: "Manual", 2: "Auto bracket"},
    "WhiteBalance": {0: "Auto", 1: "Manual"},
    "SceneCaptureType": {0: "Standard", 1: "Landscape", 2: "Portrait", 3: "Night"},
    "ResolutionUnit": {1: "None", 2: "inches", 3: "cm"},
    "Orientation": dict(enumerate(ORIENTATIONS)),
}  # fmt: skip

# Not worth a line to anybody, or opaque.
TIFF_ONLY: Final = frozenset({254, 256, 257, 258, 259, 262, 277})
