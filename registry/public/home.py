"""`/public/`: what there is for the public."""

from flask import Blueprint, Response

from registry.public.pages import page


def add_to(blueprint: Blueprint) -> None:
    """Add the page."""
    blueprint.add_url_rule("/", "home", home)


def home() -> Response:
    """The first page."""
    return page("home.html")
