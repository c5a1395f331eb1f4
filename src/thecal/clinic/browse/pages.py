"""Browsing: the index with its search, a shelf, and the page of one thing."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from thecal.clinic.browse.shelves import SHELVES, leaf, leaves, search
from thecal.clinic.record.pages import page

LONGEST_SEARCH = 200


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    """Everything by its shelf, or what a search found."""
    asked = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    listed = search(asked) if asked else leaves()
    order = list(SHELVES)
    by_shelf = sorted(listed, key=lambda one: order.index(one.shelf))
    shelves = [
        (SHELVES[shelf], list(found)) for shelf, found in groupby(by_shelf, lambda one: one.shelf)
    ]
    context = {"shelves": shelves, "asked": asked, "found": len(listed)}
    return render(request, "browse/index.html", context)


@page("GET")
def shelf(request: HttpRequest, shelf: str) -> HttpResponse:
    """The one leaf of a shelf, or the list of its leaves."""
    if (only := leaf(shelf)) is not None:
        return render(request, "browse/leaf.html", {"leaf": only, "shelf": SHELVES[shelf]})
    if shelf not in SHELVES:
        raise Http404
    listed = [one for one in leaves() if one.shelf == shelf]
    context = {"shelves": [(SHELVES[shelf], listed)], "asked": "", "found": len(listed)}
    return render(request, "browse/index.html", context)


@page("GET")
def one_leaf(request: HttpRequest, shelf: str, key: str) -> HttpResponse:
    """The page of one thing."""
    found = leaf(shelf, key)
    if found is None:
        raise Http404
    return render(request, "browse/leaf.html", {"leaf": found, "shelf": SHELVES[shelf]})
