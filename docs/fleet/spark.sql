-- Adds up the long tables of many units in Spark: the figures of each Function and of each framework, as fleet.sql makes them in
-- DuckDB. README.md says how to use it. It needs a view `fleet` with the rows of all tables.
--
-- Nothing is joined over two scales, two digests of rules, two frameworks or two quarters. Levels are whole millionths, and every mean
-- is rounded once, half up, by (2*sum+n) div (2*n).

CREATE OR REPLACE TEMPORARY VIEW controls AS
WITH unit_controls AS (
  SELECT unit, quarter, framework, scale, rules, coalesce(overall, 'functions') AS overall,
         coalesce(minimum_coverage, 60) AS minimum_coverage, `function`, control, weight, mean, floor, assessed, applicable
  FROM fleet WHERE coalesce(team, '') = ''
)
SELECT *, 1 AS units FROM unit_controls
UNION ALL
-- A unit counts once in each control that it has assessed, as a team does in its workspace.
SELECT CAST(NULL AS STRING), quarter, framework, scale, rules, overall, minimum_coverage, `function`, control, weight,
       (2 * sum(mean) + count(mean)) div nullif(2 * count(mean), 0), min(floor), sum(assessed), sum(applicable), count(*)
FROM unit_controls
GROUP BY quarter, framework, scale, rules, overall, minimum_coverage, `function`, control, weight;

CREATE OR REPLACE TEMPORARY VIEW functions AS
SELECT unit, quarter, framework, scale, rules, overall, minimum_coverage, `function` AS node, max(units) AS units,
       CAST(sum(weight * mean) FILTER (WHERE assessed > 0) AS DECIMAL(38, 0)) AS mean_sum,
       CAST(sum(weight) FILTER (WHERE assessed > 0) AS DECIMAL(38, 0)) AS mean_weight,
       min(floor) AS floor, sum(assessed) AS assessed, sum(applicable) AS applicable
FROM controls
GROUP BY unit, quarter, framework, scale, rules, overall, minimum_coverage, `function`;

-- The whole: the mean of its Functions, or of its controls, as the rules say. Fractions are added over the product of their
-- denominators: these are sums of a catalog's weights, and a catalog has few Functions.
CREATE OR REPLACE TEMPORARY VIEW wholes AS
WITH gathered AS (
  SELECT unit, quarter, framework, scale, rules, overall, minimum_coverage, max(units) AS units,
         CAST(sum(mean_sum) AS DECIMAL(38, 0)) AS mean_sum, CAST(sum(mean_weight) AS DECIMAL(38, 0)) AS mean_weight,
         collect_list(struct(mean_sum, mean_weight)) FILTER (WHERE mean_weight IS NOT NULL) AS parts,
         min(floor) AS floor, sum(assessed) AS assessed, sum(applicable) AS applicable
  FROM functions
  GROUP BY unit, quarter, framework, scale, rules, overall, minimum_coverage
), multiplied AS (
  SELECT *, aggregate(parts, CAST(1 AS DECIMAL(38, 0)), (all, part) -> CAST(all * part.mean_weight AS DECIMAL(38, 0))) AS product
  FROM gathered
)
SELECT unit, quarter, framework, scale, rules, overall, minimum_coverage, framework AS node, units,
       CASE WHEN overall = 'controls' THEN mean_sum
            ELSE aggregate(parts, CAST(0 AS DECIMAL(38, 0)),
                           (sum, part) -> CAST(sum + part.mean_sum * CAST(product div part.mean_weight AS DECIMAL(19, 0)) AS DECIMAL(38, 0)))
       END AS mean_sum,
       CASE WHEN overall = 'controls' THEN mean_weight ELSE CAST(product * size(parts) AS DECIMAL(38, 0)) END AS mean_weight,
       floor, assessed, applicable
FROM multiplied;

-- What may be shown: a mean only where coverage reaches the minimum, and never without its coverage.
CREATE OR REPLACE TEMPORARY VIEW figures AS
SELECT unit, quarter, framework, scale, rules, rank, node, units,
       CASE WHEN assessed * 100 >= applicable * minimum_coverage THEN (2 * mean_sum + mean_weight) div nullif(2 * mean_weight, 0) END AS mean,
       assessed * 100 < applicable * minimum_coverage AS withheld,
       floor, assessed, applicable, (200 * assessed + applicable) div nullif(2 * applicable, 0) AS coverage_percent
FROM (SELECT *, 'framework' AS rank FROM wholes UNION ALL SELECT *, 'function' AS rank FROM functions);
