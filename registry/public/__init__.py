"""The face that anybody may look at: pages without login and without scripts."""

from flask import Flask

from registry.api.docs import description_of
from registry.public import appeals, exposure_files, exposure_lists, home, pages, verification


def register(app: Flask) -> None:
    """Add this face to `app`."""
    blueprint = pages.new()
    for section in (home, exposure_lists, verification, appeals):
        section.add_to(blueprint)
    app.register_blueprint(blueprint)
    for operations in (exposure_files.blueprint, exposure_lists.previews):
        description_of(app).register_blueprint(operations)
