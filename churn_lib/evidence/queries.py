"""The questions to DuckDB that count logs; `table` says what they count."""

DECISION = {
    "event": "VARCHAR",
    "time": "TIMESTAMPTZ",
    "decision_id": "VARCHAR",
    "experiment": "VARCHAR",
    "arm": "VARCHAR",
    "unit": "VARCHAR",
    "would_offer": "VARCHAR",
    "offer": "VARCHAR",
    "answers": "BOOLEAN",
    "probability": "DOUBLE",
    "value": "DOUBLE",
    "cost": "DOUBLE",
    "contact_cost": "DOUBLE",
    "expected_value": "DOUBLE",
}
OUTCOME = {
    "event": "VARCHAR",
    "decision_id": "VARCHAR",
    "unit": "VARCHAR",
    "outcome": "VARCHAR",
    "occurred_at": "TIMESTAMPTZ",
}

FIRST = """
CREATE TEMP TABLE first AS
SELECT unit::UUID AS unit, min(arm) AS arm, min(arm) <> max(arm) AS mixed,
       arg_min({'at': time, 'would': would_offer, 'offer': offer, 'answers': answers,
                'p': probability, 'v': value, 'c': cost, 'f': contact_cost,
                'e': expected_value}, time)
         FILTER (would_offer <> 'none') AS d
FROM decisions WHERE event = 'decision' AND experiment = $experiment AND unit <> 'none'
GROUP BY unit
"""
OWNERS = """
CREATE TEMP TABLE owners AS
SELECT DISTINCT decision_id::UUID AS decision_id, unit::UUID AS unit FROM decisions
WHERE event = 'decision' AND experiment = $experiment AND unit <> 'none'
"""
BECAME = """
CREATE TEMP TABLE became AS
SELECT coalesce(try_cast(o.unit AS UUID), owners.unit) AS who,
       min(occurred_at) FILTER (outcome = 'left') AS left_at,
       bool_or(outcome = 'stayed') AS stayed, bool_or(outcome = 'accepted') AS accepted
FROM outcomes AS o LEFT JOIN owners ON owners.decision_id = try_cast(o.decision_id AS UUID)
WHERE coalesce(event, 'outcome') = 'outcome' AND occurred_at <= $as_of + INTERVAL 1 DAY
GROUP BY who HAVING who IS NOT NULL
"""
JOINED = """
CREATE TEMP TABLE joined AS
SELECT arm, mixed, d.would AS would_offer, d.offer AS offer, d.answers AS answers, d.p AS p,
       least(floor(d.p * {bins}), {bins} - 1)::BIGINT AS bin,
       date_diff('day', d.at, $as_of::TIMESTAMPTZ) AS seen,
       CASE date_diff('day', d.at, left_at) WHEN -1 THEN 0 ELSE date_diff('day', d.at, left_at) END
         AS age,
       coalesce(stayed, FALSE) AS stayed, coalesce(accepted, FALSE) AS accepted, d.v AS v,
       d.c = 0 AS is_sold,  -- of value-added offers, whose value comes from who takes them
       CASE WHEN d.offer = 'none' THEN 0 ELSE d.c END AS c,
       CASE WHEN d.offer = 'none' THEN 0 ELSE d.f END AS f,
       CASE WHEN d.offer = 'none' THEN 0 ELSE d.e END AS e
FROM first LEFT JOIN became ON unit = who WHERE d IS NOT NULL AND NOT mixed
"""
COUNTED = """
SELECT arm, would_offer, offer, answers, bin, count(*), sum(gone), sum(accepted::INT),
       sum(accepted::INT * gone), sum(p),
       sum(p * p), sum(p * gone), sum(m), sum(m * m), sum(p * m), sum(spent),
       sum(spent * spent), sum(spent * gone), sum(e)
FROM (SELECT *, v * if(is_sold, accepted::INT, 1 - gone) - spent AS m FROM
      (SELECT *, (age IS NOT NULL AND age <= $window)::INT AS gone, c * accepted::INT + f AS spent
       FROM joined WHERE seen >= $window AND (age IS NULL OR age >= 0)))
WHERE gone = 1 OR stayed OR age > $window OR NOT $spoken
GROUP BY ALL ORDER BY ALL
"""


LEFT_OUT = """
SELECT (SELECT count(*) FILTER (mixed) FROM first),
       (SELECT count(*) FROM decisions WHERE event = 'decision' AND unit = 'none'),
       (SELECT count(*) FILTER (age < 0) FROM joined)
"""
SPOKEN = "SELECT coalesce(bool_or(stayed), FALSE) FROM became"
UNITS = "SELECT arm, count(*) FROM first WHERE NOT mixed GROUP BY arm"
TRIGGERED = "SELECT arm, count(*) FROM joined GROUP BY arm"
IMMATURE = "SELECT arm, count(*) FROM joined WHERE seen < $window GROUP BY arm"
UNKNOWN = """
SELECT arm, count(*) FROM joined
WHERE seen >= $window AND age IS NULL AND NOT stayed AND $spoken GROUP BY arm
"""
AGES = """
SELECT arm, least(age, seen, $window) AS day,
       age IS NOT NULL AND age <= least(seen, $window) AS gone, count(*)
FROM joined WHERE seen >= 0 AND (age IS NULL OR age >= 0) GROUP BY ALL
"""
