"""How static files are stored where they carry the hash of their content in their names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also name the hash where one script imports another, so that both are always of one version."""

    support_js_module_import_aggregation = True
