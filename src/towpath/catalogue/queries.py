"""Reading the catalogue: what a body offers, in which version, and the compiled package."""

from towpath.catalogue import terms
from towpath.catalogue.check.folder import Folder, gather
from towpath.catalogue.describe import Cost, ServiceCard, ServicePage, activities, service_page, services
from towpath.catalogue.describe import search_services as search
from towpath.catalogue.models import Service, ServiceVersion
from towpath.catalogue.package import Ask, Letter, Package, Question, TaskForm
from towpath.catalogue.problems import Problem, nearest
from towpath.catalogue.shape import problems as shape_problems
from towpath.catalogue.versions import (
    NoSuchService,
    compiled_of,
    next_version,
    package,
    version,
    version_in_force,
    versions,
)
from towpath.catalogue.written import Document
from towpath.catalogue.written import read as read_yaml

__all__ = [
    "Ask",
    "Cost",
    "Document",
    "Folder",
    "Letter",
    "NoSuchService",
    "Package",
    "Problem",
    "Question",
    "Service",
    "ServiceCard",
    "ServicePage",
    "ServiceVersion",
    "TaskForm",
    "activities",
    "compiled_of",
    "gather",
    "nearest",
    "next_version",
    "package",
    "read_yaml",
    "search",
    "service_page",
    "services",
    "shape_problems",
    "terms",
    "version",
    "version_in_force",
    "versions",
]
