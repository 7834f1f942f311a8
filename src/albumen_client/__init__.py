"""The client of Albumen: typed calls, which are tried again where that can do no harm, and errors as words.

`Client` covers libraries, their members and their feed of changes, folders, files with their versions and metadata, the
trash, albums, uploads that go on where they broke off, checked downloads, and exports.  `albumen_client.mirror` keeps a
local copy of a library, `albumen_client.vault` keeps photos that their host cannot read.  What is not here, such as
searches, timelines, events and all that keepers do, is called by the HTTP API, which `/v1/docs` of a server describes.

    from pathlib import Path
    from albumen_client import Client, Wanted

    with Client("https://photos.example", key="…") as client:
        library = client.create_library("Family", "Europe/Paris")
        [root] = client.folders(library.library_id)
        file = client.upload(Path("IMG_1.jpg"), Wanted(library.library_id, root.folder_id))
        client.download(file, Path("copy.jpg"))
        job = client.export(library.library_id, [file.file_id], "all.zip", metadata="sidecars")
        client.wait_for_export(library.library_id, job.job_id)
        client.download_export(library.library_id, job.job_id, Path("all.zip"))

What goes wrong is raised as `albumen_client.errors` names it: `NotFound`, `Denied`, `Unreachable`, ….
"""

from albumen_client.client import Client
from albumen_client.upload import Progress, Wanted

__all__ = ["Client", "Progress", "Wanted"]
