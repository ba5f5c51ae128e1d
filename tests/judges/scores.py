#!/usr/bin/env python3
"""Works out the figures of a workspace a second time, from its files and the documentation alone, and prints them as JSON.

    scores.py ROOT FRAMEWORK

The result is {quarter: {team: {node: figures}}}; the team "" stands for all teams. Levels are in millionths. It knows levels,
dimensions, evidence, inheritance, rules, decisions from a quarter on, profiles, the time of controls, facts with their criteria, and what
collectors wrote. For the collectors of the worked example it makes the facts again from the result files, and stops where they differ.
It needs Python 3.11 and nothing else.
"""

import json
import sys
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from statistics import median
from xml.etree import ElementTree

MILLION = 1_000_000
# The weakest first.
KINDS = ["assertion", "interview", "document", "record", "metric", "test"]


def read(path):
    return tomllib.loads(path.read_text("utf-8-sig"), parse_float=Decimal) if path.exists() else {}


def half_up(value):
    return floor(value + Fraction(1, 2))


def mean(pairs):
    """The mean of the values that are there, by weight; None where none is."""
    pairs = [(weight, value) for weight, value in pairs if value is not None]
    weights = sum(weight for weight, _ in pairs)
    return sum(weight * value for weight, value in pairs) / Fraction(weights) if weights else None


def complete(pairs):
    """The same where no value is missing."""
    return mean(pairs) if pairs and all(value is not None for _, value in pairs) else None


# ---- The rules of a quarter ----


def lay(under, changes):
    """Tables merge key by key, every other value replaces, "default" takes back."""
    for key, value in changes.items():
        if isinstance(value, dict):
            if not isinstance(under.get(key), dict):
                under[key] = {}
            lay(under[key], value)
        elif value == "default":
            under.pop(key, None)
        else:
            under[key] = value


def decisions(table):
    return sorted(table.get("since", {}).items())


def settings_of(config, quarter):
    """milepost.toml as it reads in a quarter."""
    rules = json_copy({key: value for key, value in config.items() if key != "since"})
    for start, changes in decisions(config):
        if start > quarter:
            continue
        for key in ["scale", "scoring", "evidence"]:
            if changes.get(key) == "default":
                rules.pop(key, None)
            elif key in changes:
                lay(rules.setdefault(key, {}), changes[key])
        for name, row in changes.get("controls", {}).items():
            under = rules.setdefault("controls", {})
            if row == "default":
                under.pop(name, None)
                continue
            for new, old in [("owner", "teams"), ("teams", "owner")]:
                if new in row and old not in row:
                    under.get(name, {}).pop(old, None)
            lay(under.setdefault(name, {}), row)
        for name, row in changes.get("teams", {}).items():
            lay(next(team for team in rules["team"] if team["id"] == name), row)
    return rules


def json_copy(value):
    if isinstance(value, dict):
        return {key: json_copy(inner) for key, inner in value.items()}
    return [json_copy(inner) for inner in value] if isinstance(value, list) else value


def profile_of(root, config, quarter):
    """The targets and exclusions of a quarter: those of milepost.toml, of the shared profile, of the quarter's own."""
    targets, excluded = dict(config.get("targets", {})), {}
    shared = read(root / "content" / "profile.toml")
    later = [changes for start, changes in decisions(shared) if start <= quarter]
    for layer in [shared, *later, read(root / "content" / quarter / "profile.toml")]:
        for merged, key in [(targets, "targets"), (excluded, "out_of_scope")]:
            for name, value in layer.get(key, {}).items():
                if value == "default" or value is False:
                    merged.pop(name, None)
                else:
                    merged[name] = value
    return {name: Fraction(target["level"]) for name, target in targets.items()}, excluded


class Scale:
    def __init__(self, table):
        self.bottom = Fraction(table.get("bottom", 0))
        self.step = Fraction(table.get("step", 1))
        levels = len(table.get("levels", [None] * 6))
        self.top = self.bottom + levels - 1
        self.dimensions = table.get("dimensions", {})
        # With two whole levels only, a need starts at any step.
        self.distance = Fraction(1) if levels > 2 else self.step

    def default_needs(self):
        """From two fifths of the scale any item, from three more than an assertion, from four a record, a metric or a test."""
        for fifths, weakest in [(2, "assertion"), (3, "interview"), (4, "record")]:
            up = ceil((self.top - self.bottom) * fifths / 5 / self.distance)
            yield self.bottom + up * self.distance, KINDS[KINDS.index(weakest) :]

    def without(self, start):
        return max(start - self.distance, self.bottom)


# ---- The catalog ----


class Control:
    def __init__(self, table, function, category, parent):
        self.id, self.table, self.function, self.category, self.parent = table["id"], table, function, category, parent

    def way_up(self, framework):
        """The control and what stands above it, nearest first."""
        parent = [self.parent.id] if self.parent else []
        category = [self.category] if self.category else []
        return [self.id, *parent, *category, self.function, framework]

    def is_in_force(self, quarter):
        return self.table.get("since", quarter) <= quarter <= self.table.get("until", quarter)

    def rules(self, rows, framework):
        """Its rules: those of its catalog, then of each row of [controls], the nearest last. Weight is each control's own."""
        own = {key: self.table[key] for key in ["weight", "teams", "max_age", "needs"] if key in self.table}
        above = self.parent.table if self.parent else {}
        rules = {key: above[key] for key in ["teams", "max_age", "needs"] if key in above} | own
        for name in reversed(self.way_up(framework)):
            row = rows.get(name, {})
            for key in ["weight", "teams", "owner", "max_age", "needs"]:
                if key not in row or (key == "weight" and self.parent and name == self.parent.id):
                    continue
                rules[key] = row[key]
                if key in ["teams", "owner"]:
                    rules.pop({"teams": "owner", "owner": "teams"}[key], None)
        return rules


def catalog(root, framework):
    folder = root / "controls" / framework
    files = [read(path) for path in sorted(folder.glob("*.toml")) if path.name != "framework.toml"]
    controls = []

    def add(tables, function, category):
        for table in tables:
            control = Control(table, function, category, None)
            controls.append(control)
            controls.extend(Control(sub, function, category, control) for sub in table.get("sub", []))

    for name in read(folder / "framework.toml")["functions"]:
        function = next(table for table in files if table["id"] == name)
        add(function.get("control", []), name, None)
        for category in function.get("category", []):
            add(category.get("control", []), name, category["id"])
    return controls


# ---- Answers ----


COLLECTED = "collected.toml"
STATES = {"level", "facts", "unknown", "not_applicable"}


def tables_of(path, known):
    """Every table of a file that is called like a control."""

    def walk(table, above):
        for key, value in table.items():
            name = f"{above}.{key}" if above else key
            if isinstance(value, dict):
                if name in known:
                    yield name, value
                yield from walk(value, name)

    yield from walk(read(path), "")


def answers_of(folder, known, collected):
    """Every answer below a team's folder, by control. A table that says no state takes on collected facts, where there are any."""
    files = [path for path in folder.glob("*.toml") if path.name != COLLECTED]
    tables = [table for path in files for table in tables_of(path, known)]
    return {name: table for name, table in tables if STATES & table.keys() or collected.get(name, {}).get("facts")}


def collected_of(folder, known):
    """What collectors wrote for a team, by control."""
    found = dict(tables_of(folder / COLLECTED, known))
    for table in found.values():
        for item in table.get("evidence", []):
            if remake := REMADE.get(item["by"]):
                again = remake(folder / item["file"])
                wrote = {name: table["facts"][name] for name in item["gives"]}
                if again != wrote:
                    sys.exit(f"{item['file']} makes {again}, and {folder / COLLECTED} says {wrote}")
    return found


def values(path):
    return [day["value"] for day in json.loads(path.read_text("utf-8"), parse_float=Decimal) if day["value"] is not None]


def rounded(number):
    return Decimal(half_up(Fraction(number) * MILLION)) / MILLION


def restored(path):
    root = ElementTree.parse(path).getroot()
    begun = max(suite.get("timestamp")[:10] for suite in root.iter("testsuite"))
    return {"last_restore": date.fromisoformat(begun), "restore_errors": len([*root.iter("failure"), *root.iter("error")])}


# What the collectors of the worked example make of their files.
REMADE = {
    "restore-drill": restored,
    "deployments": lambda path: {"deployments_week": rounded(Fraction(sum(values(path))) / 11)},
    "lead-time": lambda path: {"lead_hours": rounded(Fraction(median(values(path))) / 3600)},
    "restore-time": lambda path: {"restore_hours": rounded(Fraction(median(values(path))) / 3600)},
    "change-failures": lambda path: {"failed_share": rounded(max(values(path)) * 100)},
}


def sources(control):
    """The control and those whose facts it uses."""
    others = control.table.get("facts_from", [])
    return [control.id, *([others] if isinstance(others, str) else others)]


def stood_on_facts(controls, answers):
    """Controls that take all their facts from others are answered where one of those is."""
    is_level = lambda name: name in answers and not {"unknown", "not_applicable"} & answers[name].keys()
    borrowing = [control for control in controls if control.table.get("criteria") and not control.table.get("facts")]
    return {one.id: {} for one in borrowing if one.id not in answers and any(map(is_level, sources(one)))}


def days(rule):
    return int(rule.removesuffix("d"))


def last_day(item):
    return item["date"] if "date" in item else date.fromisoformat(item["covers"].split("..")[1])


class Quarter:
    """One quarter, with everything that its figures depend on."""

    def __init__(self, root, config, framework, controls, name):
        self.name, self.framework, self.controls = name, framework, controls
        self.settings = settings_of(config, name)
        self.scale = Scale(self.settings.get("scale", {}))
        self.targets, self.excluded = profile_of(root, config, name)
        scoring = self.settings.get("scoring", {})
        self.basis, self.join = scoring.get("score", "supported"), scoring.get("teams", "mean")
        self.overall, self.minimum = scoring.get("overall", "functions"), scoring.get("minimum_coverage", 60)
        self.rows = self.settings.get("controls", {})
        year, number = int(name[:4]), int(name[-1])
        end = date(year + number // 4, number % 4 * 3 + 1, 1) - timedelta(days=1)
        self.closes = read(root / "content" / name / "quarter.toml").get("closes", end)
        known = {control.id for control in controls}
        self.teams = {team["id"]: team for team in self.settings["team"]}
        folder = lambda team: root / "content" / name / team
        self.collected = {team: collected_of(folder(team), known) for team in self.teams}
        self.answers = {team: answers_of(folder(team), known, self.collected[team]) for team in self.teams}
        for answers in self.answers.values():
            answers.update(stood_on_facts(controls, answers))

    def asks(self, team, control):
        team = self.teams[team]
        in_time = team.get("first_quarter", self.name) <= self.name <= team.get("last_quarter", self.name)
        scope = team.get("scope", [])
        in_scope = not scope or any(name in scope for name in control.way_up(self.framework))
        return control.is_in_force(self.name) and in_time and in_scope

    def state(self, team, control):
        """`None` if unanswered, a word, or the claimed and the supported level in millionths."""
        if any(name in self.excluded for name in control.way_up(self.framework)):
            return "not_applicable"
        answer = self.answers[team].get(control.id)
        if answer is None:
            return None
        if word := next((word for word in ["unknown", "not_applicable"] if word in answer), None):
            return word
        rules = control.rules(self.rows, self.framework)
        policy = self.settings.get("evidence", {})
        provider = answer.get("inherited_from")
        most = self.provided(provider) if provider else None
        kinds = {kind for kind, _ in self.current(team, control)}
        needs = rules.get("needs", policy.get("needs"))
        needs = self.scale.default_needs() if needs is None else [(Fraction(need["from"]), need["any_of"]) for need in needs]
        caps = [self.scale.without(start) for start, any_of in needs if not kinds & set(any_of)]
        if control.table.get("criteria"):
            level, found = self.reached(team, control)
            split, caps = [(1, level)], [*caps, found]
        else:
            level = answer["level"]
            split = [(weight, Fraction(level[name])) for name, weight in self.scale.dimensions.items()] or [(1, Fraction(level))]
        joined = lambda cap: half_up(mean((weight, min([part, *cap])) for weight, part in split) * MILLION)
        return joined([]), min([joined(caps), *([most[1]] if most else [])])

    def reached(self, team, control):
        """The level that a person's facts reach, and the one that they reach with collected ones in their place."""
        given, found = {}, {}
        for source in reversed(sources(control)):
            given |= self.answers[team].get(source, {}).get("facts", {})
            if source in self.answers[team]:
                found |= self.collected[team].get(source, {}).get("facts", {})

        def level(facts):
            reached = self.scale.bottom
            for criterion in sorted(control.table["criteria"], key=lambda criterion: criterion["level"]):
                if not all(self.holds(wanted, facts.get(name)) for name, wanted in criterion["require"].items()):
                    break
                reached = max(reached, Fraction(criterion["level"]))
            return reached

        return level(found | given), level(given | found)

    def holds(self, wanted, value):
        """Whether a fact meets a condition; the age of a day is counted at the quarter's end."""
        if value is None or not isinstance(wanted, str):
            return value is not None and value == wanted
        sign = wanted.rstrip("0123456789.d ")
        limit = wanted[len(sign) :].strip()
        value, limit = ((self.closes - value).days, days(limit)) if limit.endswith("d") else (value, Decimal(limit))
        return {">=": value >= limit, ">": value > limit, "<=": value <= limit, "<": value < limit, "=": value == limit}[sign]

    def provided(self, provider):
        """The levels of the answer that another one inherits from; `None` if it gives none."""
        control = next(control for control in self.controls if control.id == provider["control"])
        state = self.state(provider["team"], control) if self.asks(provider["team"], control) else None
        return state if isinstance(state, tuple) else None

    def current(self, team, control):
        """The kind and the last day of each current item, its own and those of the answer that it inherits from."""
        answer = self.answers[team].get(control.id, {})
        policy = self.settings.get("evidence", {})
        limit = days(control.rules(self.rows, self.framework).get("max_age", policy.get("max_age", "365d")))
        items = []
        for source in [source for source in sources(control) if source in self.answers[team]]:
            both = [self.answers[team][source], self.collected[team].get(source, {})]
            items += [(item["kind"], last_day(item)) for table in both for item in table.get("evidence", [])]
        if provider := answer.get("inherited_from"):
            other = next(other for other in self.controls if other.id == provider["control"])
            items = [*items, *self.current(provider["team"], other)] if self.provided(provider) else []
        return [(kind, day) for kind, day in items if (self.closes - day).days <= limit]

    def control(self, control, only):
        """The figures of a control, for all teams or for one."""
        rules = control.rules(self.rows, self.framework)
        owner = None if only else rules.get("owner")
        wanted = [only or owner] if only or owner else list(self.teams)
        asked = [team for team in wanted if self.asks(team, control)]
        if only and rules.get("owner", only) != only:
            # Another team owes the answer: what this one says nevertheless counts for it alone.
            asked = [team for team in asked if self.state(team, control) is not None]
        states = [(self.teams[team].get("weight", 1), self.state(team, control)) for team in asked]
        if not any(self.asks(team, control) for team in wanted) and not only and control.is_in_force(self.name):
            states = [(1, None)]
        counts = {word: sum(1 for _, state in states if state == word) for word in ["unknown", "not_applicable"]}
        applicable = [(weight, state) for weight, state in states if state != "not_applicable"]
        levels = [(weight, state if isinstance(state, tuple) else None) for weight, state in applicable]
        counts["unanswered"] = sum(1 for _, state in applicable if state is None)
        counts["assessed"] = sum(1 for _, level in levels if level)
        counting = 0 if self.basis == "claimed" else 1
        lowest = rules.get("teams", self.join) == "min" and not rules.get("owner")

        def join(value, missing=None):
            values = [(1 if only else weight, value(level) if level else missing) for weight, level in levels]
            values = [(weight, value) for weight, value in values if value is not None]
            if not values:
                return None
            return Fraction(min(value for _, value in values) if lowest else half_up(mean(values)))

        counts_for = lambda level: level[counting]
        figures = {"mean": join(counts_for), "claimed": join(lambda level: level[0]), "supported": join(lambda level: level[1])}
        figures["low"] = join(counts_for, int(self.scale.bottom * MILLION))
        figures["high"] = join(counts_for, int(self.scale.top * MILLION))
        figures["floor"] = min((level[counting] for _, level in levels if level), default=None)
        names = [*control.way_up(self.framework), "default"]
        target = next((self.targets[name] * MILLION for name in names if name in self.targets), None)
        figures["target"] = target if levels else None
        gap = figures["mean"] is not None and figures["target"] is not None
        figures["gap"] = max(figures["target"] - figures["mean"], Fraction(0)) if gap else None
        return figures | counts

    def tree(self, only):
        """The figures of every node."""
        single = {control.id: self.control(control, only) for control in self.controls}
        weight = {control.id: control.rules(self.rows, self.framework).get("weight", 1) for control in self.controls}
        of = lambda belongs: [(weight[control.id], single[control.id]) for control in self.controls if belongs(control)]
        nodes = dict(single)
        functions = list(dict.fromkeys(control.function for control in self.controls))
        for category in dict.fromkeys(control.category for control in self.controls if control.category):
            nodes[category] = joined(of(lambda control: control.category == category))
        for function in functions:
            nodes[function] = joined(of(lambda control: control.function == function))
        parts = of(lambda _: True) if self.overall == "controls" else [(1, nodes[name]) for name in functions]
        nodes[self.framework] = joined(parts)
        return {name: self.shown(figures) for name, figures in nodes.items()}

    def shown(self, figures):
        """As `milepost score --format json` has them: a mean of too little is withheld."""
        applicable = figures["assessed"] + figures["unknown"] + figures["unanswered"]
        withheld = figures["assessed"] * 100 < self.minimum * applicable
        hidden = ["mean", "claimed", "supported", "gap"] if withheld else []
        levels = ["mean", "claimed", "supported", "low", "high", "floor", "target", "gap"]
        shown = {key: figures[key] for key in figures if key not in levels}
        for key in levels:
            shown[key] = None if key in hidden or figures[key] is None else half_up(figures[key])
        return shown | {"applicable": applicable, "withheld": withheld}


def joined(parts):
    """The figures of a node of these parts, each with its weight."""
    over = lambda key: mean((weight, part[key]) for weight, part in parts)
    scored = [(weight, part) for weight, part in parts if part["mean"] is not None]
    applicable = [(weight, part) for weight, part in parts if part["low"] is not None]
    figures = {key: over(key) for key in ["mean", "claimed", "supported", "low", "high"]}
    figures["floor"] = min((part["floor"] for _, part in parts if part["floor"] is not None), default=None)
    figures["target"] = complete([(weight, part["target"]) for weight, part in scored or applicable])
    figures["gap"] = complete([(weight, part["gap"]) for weight, part in scored])
    counts = ["assessed", "unknown", "unanswered", "not_applicable"]
    return figures | {key: sum(part[key] for _, part in parts) for key in counts}


def main():
    root, framework = Path(sys.argv[1]), sys.argv[2]
    config, controls = read(root / "milepost.toml"), catalog(root, framework)
    names = sorted(path.name for path in (root / "content").iterdir() if path.name[4:6] == "-Q")
    quarters = [Quarter(root, config, framework, controls, name) for name in names]
    trees = lambda quarter: {team: quarter.tree(team or None) for team in ["", *quarter.teams]}
    json.dump({quarter.name: trees(quarter) for quarter in quarters}, sys.stdout)


main()
