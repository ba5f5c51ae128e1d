-- Adds up the long tables of many units in DuckDB, as `milepost group` does. README.md says how to use it.
--
-- It needs a table `fleet` with the rows of all tables, and makes views:
--   unit_controls  one row for each unit, quarter, framework and control, all teams of the unit together
--   controls       the same, and for each control one row over all units (unit IS NULL)
--   functions      the figures of each Function, of each unit and over all units
--   wholes         the figures of each framework
--   figures        all of these, with no mean that may not be shown: read this one
--   faults         what must be mended before anything is believed; empty when all is well
--
-- Nothing is ever joined over two scales, two digests of rules, two frameworks or two quarters: they are in every GROUP BY. Levels are
-- whole millionths, and every mean is rounded once, half up, by (2*sum+n)//(2*n): `/` would give a float.

CREATE OR REPLACE VIEW unit_controls AS
SELECT unit, quarter, framework, scale, rules,
       coalesce(overall, 'functions') AS overall, coalesce(minimum_coverage, 60) AS minimum_coverage,
       "function", category, control, weight, 1 AS units,
       mean::HUGEINT AS mean, low::HUGEINT AS low, high::HUGEINT AS high, floor, target::HUGEINT AS target,
       assessed, applicable, unknown, unanswered, not_applicable, given, carried, targeted, at_target
FROM fleet
WHERE coalesce(team, '') = '';

-- A unit counts once in each control that it has assessed, as a team does in its workspace.
CREATE OR REPLACE VIEW controls AS
SELECT * FROM unit_controls
UNION ALL
SELECT NULL, quarter, framework, scale, rules, overall, minimum_coverage, "function", category, control, weight, count(*),
       (2 * sum(mean) + count(mean)) // nullif(2 * count(mean), 0),
       (2 * sum(low) + count(low)) // nullif(2 * count(low), 0),
       (2 * sum(high) + count(high)) // nullif(2 * count(high), 0),
       min(floor),
       -- The target is that of the units that have assessed the control; all of them must have one.
       CASE WHEN count(mean) > 0 AND count(target) FILTER (mean IS NOT NULL) = count(mean)
            THEN (2 * sum(target) FILTER (mean IS NOT NULL) + count(mean)) // (2 * count(mean)) END,
       sum(assessed), sum(applicable), sum(unknown), sum(unanswered), sum(not_applicable), sum(given), sum(carried),
       sum(targeted), sum(at_target)
FROM unit_controls
GROUP BY quarter, framework, scale, rules, overall, minimum_coverage, "function", category, control, weight;

-- The sums of a Function: the numerator and the denominator of each mean, still exact.
CREATE OR REPLACE VIEW functions AS
SELECT unit, quarter, framework, scale, rules, overall, minimum_coverage, "function" AS node, max(units) AS units,
       sum(weight * mean) FILTER (assessed > 0) AS mean_sum, (sum(weight) FILTER (assessed > 0))::HUGEINT AS mean_weight,
       sum(weight * low) FILTER (applicable > 0) AS low_sum, sum(weight * high) FILTER (applicable > 0) AS high_sum,
       (sum(weight) FILTER (applicable > 0))::HUGEINT AS range_weight,
       min(floor) AS floor,
       sum(assessed) AS assessed, sum(applicable) AS applicable, sum(unknown) AS unknown, sum(unanswered) AS unanswered,
       sum(not_applicable) AS not_applicable, sum(given) AS given, sum(carried) AS carried,
       sum(targeted) AS targeted, sum(at_target) AS at_target
FROM controls
GROUP BY ALL;

-- The whole: the mean of its Functions, or of its controls, as the unit's rules say. Fractions are added over their least common
-- denominator.
CREATE OR REPLACE VIEW wholes AS
WITH denominators AS (
  SELECT *, CASE WHEN overall = 'controls' THEN 1 ELSE 0 END AS by_controls,
         list_reduce(list(mean_weight) FILTER (mean_weight IS NOT NULL) OVER whole, lambda a, b: lcm(a, b)) AS mean_lcm,
         list_reduce(list(range_weight) FILTER (range_weight IS NOT NULL) OVER whole, lambda a, b: lcm(a, b)) AS range_lcm
  FROM (SELECT * FROM functions WHERE applicable > 0 OR not_applicable > 0)
  WINDOW whole AS (PARTITION BY unit, quarter, framework, scale, rules, overall, minimum_coverage)
)
SELECT unit, quarter, framework, scale, rules, overall, minimum_coverage, framework AS node, max(units) AS units,
       CASE WHEN by_controls = 1 THEN sum(mean_sum) ELSE sum(mean_sum * (mean_lcm // mean_weight)) END AS mean_sum,
       CASE WHEN by_controls = 1 THEN sum(mean_weight) ELSE any_value(mean_lcm) * count(mean_weight) END AS mean_weight,
       CASE WHEN by_controls = 1 THEN sum(low_sum) ELSE sum(low_sum * (range_lcm // range_weight)) END AS low_sum,
       CASE WHEN by_controls = 1 THEN sum(high_sum) ELSE sum(high_sum * (range_lcm // range_weight)) END AS high_sum,
       CASE WHEN by_controls = 1 THEN sum(range_weight) ELSE any_value(range_lcm) * count(range_weight) END AS range_weight,
       min(floor) AS floor,
       sum(assessed) AS assessed, sum(applicable) AS applicable, sum(unknown) AS unknown, sum(unanswered) AS unanswered,
       sum(not_applicable) AS not_applicable, sum(given) AS given, sum(carried) AS carried,
       sum(targeted) AS targeted, sum(at_target) AS at_target
FROM denominators
GROUP BY unit, quarter, framework, scale, rules, overall, minimum_coverage, by_controls;

-- What may be shown: a mean only where coverage reaches the minimum, and never without its coverage.
CREATE OR REPLACE VIEW figures AS
SELECT unit, quarter, framework, scale, rules, rank, node, units,
       CASE WHEN NOT withheld THEN (2 * mean_sum + mean_weight) // nullif(2 * mean_weight, 0) END AS mean,
       withheld,
       (2 * low_sum + range_weight) // nullif(2 * range_weight, 0) AS low,
       (2 * high_sum + range_weight) // nullif(2 * range_weight, 0) AS high,
       floor, assessed, applicable, (200 * assessed + applicable) // nullif(2 * applicable, 0) AS coverage_percent,
       unknown, unanswered, not_applicable, given, carried, targeted, at_target,
       (200 * at_target + targeted) // nullif(2 * targeted, 0) AS at_target_percent
FROM (
  SELECT *, 'framework' AS rank, assessed * 100 < applicable * minimum_coverage AS withheld FROM wholes
  UNION ALL BY NAME
  SELECT *, 'function' AS rank, assessed * 100 < applicable * minimum_coverage AS withheld FROM functions
);

-- A unit or a row that is there twice would count twice. Units with other rules are no fault: they are rows of their own.
CREATE OR REPLACE VIEW faults AS
SELECT 'a row is there twice' AS fault, unit, quarter, framework, control, count(*) AS rows
FROM unit_controls GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'two policies in one quarter', unit, quarter, framework, NULL, count(DISTINCT policy)
FROM fleet GROUP BY unit, quarter, framework HAVING count(DISTINCT policy) > 1
UNION ALL
SELECT 'two digests of rules in one quarter', unit, quarter, framework, NULL, count(DISTINCT rules)
FROM fleet GROUP BY unit, quarter, framework HAVING count(DISTINCT rules) > 1;
