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
    "propensity": "DOUBLE",
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
WHERE event = 'decision' AND experiment = coalesce($experiment, experiment) AND unit <> 'none'
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
SELECT arm, least(coalesce(age, seen), seen, $window) AS day,
       age IS NOT NULL AND age <= least(seen, $window) AS gone, count(*)
FROM joined WHERE seen >= 0 AND (age IS NULL OR age >= 0) GROUP BY ALL
"""
UNTOUCHED_NAMES = ("score", "gone", "weight", "held")
UNTOUCHED = """
SELECT score, gone, 1 / chance AS weight, (chance < 1)::INT AS held
FROM (SELECT *, (age <= $window)::INT AS gone FROM
      (SELECT p AS score, chance, coalesce(stayed, FALSE) AS stayed,
              date_diff('day', begun, $as_of::TIMESTAMPTZ) AS seen, left_at IS NOT NULL AS told,
              coalesce(date_diff('day', begun, left_at), $window + 1) AS age
       FROM (SELECT unit::UUID AS unit, min(time) AS begun, arg_min(probability, time) AS p,
                    min(propensity) AS chance
             FROM decisions WHERE event = 'decision' AND unit <> 'none'
             GROUP BY unit HAVING bool_and(offer = 'none')) AS alone
       LEFT JOIN became ON unit = who)
      WHERE seen >= $window AND age >= -1 AND chance > 0)
WHERE stayed OR told OR NOT $spoken
"""
SCORES = """
SELECT arg_min(probability, time) AS score FROM decisions
WHERE event = 'decision' AND probability IS NOT NULL
GROUP BY CASE WHEN unit = 'none' OR unit IS NULL THEN decision_id ELSE unit END
"""

ONCE = """
SELECT decision_id, min(time) AS time, min(offer) AS offer, min(cost) AS cost,
        min(contact_cost) AS contact_cost, min(expected_value) AS expected_value,
        min(written_by) AS written_by, min(fallback_reason) AS fallback_reason
 FROM decisions GROUP BY decision_id
"""
FALLBACKS = """
SELECT time::DATE AS day, count(*) AS texts,
       count(*) FILTER (fallback_reason <> 'none') AS fallbacks,
       count(*) FILTER (fallback_reason <> 'none') / count(*) AS ratio
FROM once WHERE written_by = 'gemini' OR fallback_reason <> 'none'
GROUP BY time::DATE
"""
COSTS = """
SELECT time::DATE AS day, offer, count(*) AS made, sum(accepted) AS accepted,
       sum(contact_cost) AS contacts_cost, sum(cost * accepted) AS given_up,
       sum(expected_value) AS expected_value
FROM (SELECT once.*, CASE WHEN taken.decision_id IS NULL THEN 0 ELSE 1 END AS accepted
      FROM once
      LEFT JOIN (SELECT DISTINCT decision_id FROM outcomes WHERE outcome = 'accepted') AS taken
        ON taken.decision_id = once.decision_id
      WHERE offer <> 'none') AS each_one
GROUP BY time::DATE, offer
"""
WEEKS = """
SELECT week, count(*) AS customers, {psi} AS psi, {chance} AS by_chance
FROM (SELECT week, {place} AS bin
      FROM (SELECT date_trunc('week', time)::DATE AS week, arg_min(probability, time) AS score
            FROM decisions WHERE probability IS NOT NULL
            GROUP BY date_trunc('week', time)::DATE,
                     CASE WHEN unit = 'none' THEN decision_id ELSE unit END) AS scores) AS binned
GROUP BY week
"""
