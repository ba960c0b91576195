"""Runs migrations on the connection that `registry.migrating` hands over."""

from alembic import context

from registry.access import models as _access  # noqa: F401
from registry.appeals import models as _appeals  # noqa: F401
from registry.audit import models as _audit  # noqa: F401
from registry.db import Base
from registry.designations import models as _designations  # noqa: F401
from registry.imports import models as _imports  # noqa: F401
from registry.notices import models as _notices  # noqa: F401
from registry.rescreens import models as _rescreens  # noqa: F401
from registry.subjects import models as _subjects  # noqa: F401
from registry.workdays import models as _workdays  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
