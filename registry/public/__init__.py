"""The face that anybody may look at: pages without login and without scripts."""

from flask import Flask

from registry.public import appeals, home, pages


def register(app: Flask) -> None:
    """Add this face to `app`."""
    blueprint = pages.new()
    for section in (home, appeals):
        section.add_to(blueprint)
    app.register_blueprint(blueprint)
