"""The copies in the room are locked: the server that shows them saves nothing into them."""

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError


class LockedContents(AsyncLargeFileManager):
    """A contents manager that reads only; answers have their own journal."""

    async def save(self, model, path=""):
        """Refuse: a saved notebook would carry figures and forms, and hide the next fresh copy."""
        raise HTTPError(403, "Deze werkbladen worden niet opgeslagen; je antwoorden wel.")

    async def delete_file(self, path):
        """Refuse, as for saving."""
        raise HTTPError(403, "Deze werkbladen blijven staan.")

    async def rename_file(self, old_path, new_path):
        """Refuse, as for saving."""
        raise HTTPError(403, "Deze werkbladen houden hun naam.")

    async def create_checkpoint(self, path):
        """Refuse: there is nothing to go back to."""
        raise HTTPError(403, "Van deze werkbladen worden geen versies bewaard.")

    async def restore_checkpoint(self, checkpoint_id, path):
        """Refuse: it would write into a copy without saving."""
        raise HTTPError(403, "Van deze werkbladen worden geen versies bewaard.")
