"""Call-backs: a task for each customer to be called, or for Marketo the campaign that follows them up."""

from __future__ import annotations

from collections import Counter

from workbench.connect.ledger import values_hash
from workbench.connect.mapping import require_writable
from workbench.connect.protocol import Order, Row
from workbench.connect.pushing import Sending
from workbench.core.errors import ConfigError
from workbench.core.language import message
from workbench.report.outside.steps import NOT_THERE, Asked, Plan, Step, ledger_of


def plan_tasks(asked: Asked) -> Plan:
    """Plan a task for each customer to be called, each made once for the wave.

    Parameters
    ----------
    asked
        What the plan is made from.

    Raises
    ------
    ConfigError
        If nothing says which field carries our key, or a field is not there.
    """
    kind = asked.plan.kind or asked.system.kind_of("tasks")
    if asked.plan.campaign is not None:
        order, subject = Order("trigger", asked.people, asked.plan.key, asked.plan.campaign), None
    else:
        order, subject = Order("create", kind, "key"), asked.plan.fields.get("subject", asked.system.subject)
        if subject is None or "create" not in asked.system.batch:
            raise ConfigError(
                "A task is a record whose subject carries our key.",
                found=f"{asked.system.title} does not say which field that is",
                fix="Name it (push: tasks: fields: {subject: …, body: …, due: …}), or for Marketo a campaign: …",
                where="push.tasks",
            )
        require_writable(list(asked.plan.fields.values()), asked.system.fields_of(kind), where="push.tasks.fields")
    ledger = ledger_of(asked.system, asked.wave, "tasks")
    counts: Counter[str] = Counter()
    rows, hashes, names = [], {}, {}
    for customer, task in asked.wanted.tasks.items():
        if customer in asked.refused:
            continue
        if customer not in asked.found:
            asked.refused[customer] = NOT_THERE
            continue
        number = str(asked.id_of(customer))
        entry, digest = ledger.of(task.key), values_hash("task", order.kind, order.target)
        if entry is not None and entry.state == "done":
            counts["same"] += 1  # a call is asked for once in a wave, whatever became of it
            continue
        if entry is not None and entry.state == "refused" and not asked.again:
            asked.refused[customer] = message("was refused before: {why}", why=entry.reason)
            continue
        counts["unclear" if entry is not None and entry.state == "sent" else "new"] += 1
        words = {**task.words, "record": number}
        values = asked.system.task_values(words) | {f: words[w] for w, f in asked.plan.fields.items()}
        rows.append(Row(task.key, {} if order.action == "trigger" else values, number))
        hashes[task.key], names[task.key] = digest, task.words["subject"]
    steps = (Step(Sending(order, rows, hashes, names, subject), ledger),) if rows else ()
    return Plan(asked.what, asked.plan, order.kind, steps, counts, asked.refused, tasks=asked.wanted.tasks)
