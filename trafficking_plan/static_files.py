"""Storage of static files with the hash of their content in their names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also add hashes to imports between scripts, so that they are always of the same version."""

    support_js_module_import_aggregation = True
