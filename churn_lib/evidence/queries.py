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
ALLOWED = {"eligible": "VARCHAR[]"}
"""Of a decision too, but lists are slow to read, and only another way to choose asks for them."""
CHOICE = {"unit": "VARCHAR", "decision_id": "VARCHAR", "offer": "VARCHAR"}
OUTCOME = {
    "event": "VARCHAR",
    "decision_id": "VARCHAR",
    "unit": "VARCHAR",
    "outcome": "VARCHAR",
    "occurred_at": "TIMESTAMPTZ",
}

TOLD = """
CREATE TEMP TABLE told AS
SELECT coalesce(try_cast(unit AS UUID), try_cast(decision_id AS UUID)) AS told_of,
       min(CASE WHEN outcome = 'left' THEN occurred_at::DATE END) AS left_on,
       bit_or(CASE outcome WHEN 'stayed' THEN 1 WHEN 'accepted' THEN 2 ELSE 0 END) AS fate,
       max(occurred_at::DATE) AS last_on, bit_or({wrong}) AS wrong
FROM outcomes
WHERE coalesce(event, 'outcome') = 'outcome'
  AND coalesce(occurred_at::DATE <= $as_of::DATE, TRUE)
GROUP BY 1
"""
GIVEN = """
CREATE TEMP TABLE choices AS
SELECT unnest($units::VARCHAR[]) AS unit, NULL AS decision_id, unnest($offers::VARCHAR[]) AS offer
"""
CHOSEN = """
CREATE TEMP TABLE chosen AS
SELECT coalesce(try_cast(unit AS UUID), try_cast(decision_id AS UUID)) AS chosen_of,
       min(offer) AS lowest, max(offer) AS highest
FROM choices GROUP BY 1
"""
ALONE = {"allowed": "", "own": "", "chosen": ""}
BESIDE = {
    "allowed": "'allowed': eligible,",
    "own": "min(lowest) AS own_lowest, max(highest) AS own_highest,",
    "chosen": "LEFT JOIN chosen ON chosen_of = try_cast(decision_id AS UUID)",
}
"""What `FIRST` keeps where there is no other way to choose, and where there is one."""
FIRST = """
CREATE TEMP TABLE first AS
SELECT experiment, CASE WHEN unit <> 'none' THEN try_cast(unit AS UUID) END AS unit,
       count(*) AS decisions,
       bit_or(CASE arm WHEN 'policy' THEN 1 WHEN 'holdout' THEN 2
                       WHEN 'explore' THEN 4 ELSE 8 END) AS arms,
       min({{'t': time, 'i': try_cast(decision_id AS UUID), 'would': would_offer, 'offer': offer,
             'answers': answers, {allowed} 'g': propensity, 'p': probability, 'v': value,
             'c': cost, 'f': contact_cost, 'e': expected_value}})
         FILTER (would_offer <> 'none') AS d,
       {own} min(left_on) AS own_left_on, bit_or(fate) AS own_fate, bit_or({wrong}) AS wrong
FROM decisions LEFT JOIN told ON told_of = try_cast(decision_id AS UUID) {chosen}
WHERE event = 'decision'
GROUP BY 1, 2
"""
JOINED = """
CREATE TEMP TABLE joined AS
SELECT unit, CASE arms WHEN 1 THEN 'policy' WHEN 2 THEN 'holdout' ELSE 'explore' END AS arm,
       d.would AS would_offer, d.offer AS offer, d.answers AS answers, d.p AS p,
       least(floor(d.p * {bins}), {bins} - 1)::BIGINT AS bin,
       date_diff('day', d.t::DATE, $as_of::DATE) AS seen,
       CASE WHEN days = -1 THEN 0 ELSE days END AS age,  -- clocks differ
       coalesce(own_fate & 1, 0) + coalesce(fate & 1, 0) > 0 AS stayed,
       coalesce(own_fate & 2, 0) + coalesce(fate & 2, 0) > 0 AS accepted, d.v AS v,
       -- of value-added offers, whose value comes from who takes them
       d.c = 0 AND ($sold::VARCHAR[] IS NULL
                    OR list_contains($sold::VARCHAR[], if(d.offer = 'none', d.would, d.offer)))
         AS is_sold, d.g AS g,
       CASE WHEN d.offer = 'none' THEN 0 ELSE d.c END AS c,
       CASE WHEN d.offer = 'none' THEN 0 ELSE d.f END AS f,
       CASE WHEN d.offer = 'none' THEN 0 ELSE d.e END AS e
FROM (SELECT *, date_diff('day', d.t::DATE, least(coalesce(own_left_on, left_on),
                                                  coalesce(left_on, own_left_on))) AS days
      FROM first LEFT JOIN told ON told_of = unit) AS whole
WHERE experiment = $experiment AND unit IS NOT NULL AND d IS NOT NULL AND arms IN (1, 2, 4)
"""
MATURE = """
CREATE TEMP VIEW mature AS
SELECT *, v * if(is_sold, accepted::INT, 1 - gone) - spent AS m FROM
      (SELECT *, (age IS NOT NULL AND age <= {window})::INT AS gone, c * accepted::INT + f AS spent
       FROM joined WHERE seen >= {window} AND (age IS NULL OR age >= 0))
WHERE gone = 1 OR stayed OR age > {window} OR NOT {spoken}
"""
COUNTED = """
SELECT arm, would_offer, offer, answers, bin, count(*), sum(gone), sum(accepted::INT),
       sum(accepted::INT * gone), sum(p),
       sum(p * p), sum(p * gone), sum(m), sum(m * m), sum(p * m), sum(spent),
       sum(spent * spent), sum(spent * gone), sum(e)
FROM mature GROUP BY ALL ORDER BY ALL
"""
OTHERS = """
CREATE TEMP TABLE others AS
WITH mine AS (SELECT * FROM first WHERE experiment = $experiment AND d IS NOT NULL),
sold AS (
  SELECT d.offer AS offer,
         bool_and(d.c = 0 AND ($sold::VARCHAR[] IS NULL
                               OR list_contains($sold::VARCHAR[], d.offer))) AS is_sold
  FROM mine WHERE d.offer <> 'none' GROUP BY ALL)
SELECT unit, if(asked.lowest = 'none' OR (list_contains(d.allowed, asked.lowest)
                                          AND one.is_sold = other.is_sold),
                asked.lowest, 'unseen') AS other
FROM (SELECT unit, d, least(own_lowest, lowest) AS lowest, greatest(own_highest, highest) AS highest
      FROM mine LEFT JOIN chosen ON chosen_of = unit) AS asked
     LEFT JOIN sold AS one ON one.offer = d.would
     LEFT JOIN sold AS other ON other.offer = asked.lowest
WHERE unit IS NOT NULL AND asked.lowest = asked.highest
"""
NO_OTHERS = "CREATE TEMP TABLE others (unit UUID, other VARCHAR)"
WEIGHED = """
SELECT would_offer, offer, coalesce(other, '') AS other, bin, count(*), {sums}
FROM (SELECT *, coalesce(1 / nullif(g, 0), 0) AS w FROM mature LEFT JOIN others USING (unit))
GROUP BY ALL ORDER BY ALL
"""

LEFT_OUT = """
SELECT (SELECT count(*) FROM first WHERE experiment = $experiment AND unit IS NOT NULL
                                         AND arms NOT IN (1, 2, 4)),
       (SELECT coalesce(sum(decisions), 0) FROM first WHERE unit IS NULL),
       (SELECT count(*) FILTER (age < 0) FROM joined)
"""
SPOKEN = "SELECT coalesce(bool_or(stayed), FALSE) FROM joined"
UNITS = """
SELECT CASE arms WHEN 1 THEN 'policy' WHEN 2 THEN 'holdout' ELSE 'explore' END AS arm, count(*)
FROM first WHERE experiment = $experiment AND unit IS NOT NULL AND arms IN (1, 2, 4)
GROUP BY 1
"""
WRONG = "SELECT bit_or(wrong) FROM first WHERE experiment = $experiment"
UNMATCHED = """
SELECT EXISTS (SELECT 1 FROM told)
   AND NOT EXISTS (SELECT 1 FROM first WHERE own_fate IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM first JOIN told ON told_of = unit)
"""
EXPERIMENTS = "SELECT DISTINCT experiment FROM first WHERE experiment <> 'none' ORDER BY 1"
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
SILENT = """
SELECT count(*) FROM joined
WHERE seen >= $window AND seen - $window < date_diff('day', (SELECT max(last_on) FROM told),
                                                     $as_of::DATE) - {quiet}
"""
UNTOUCHED_NAMES = ("score", "gone", "weight", "held")
UNTOUCHED = """
SELECT score, gone, 1 / chance AS weight, (chance < 1)::INT AS held
FROM (SELECT *, (age <= $window)::INT AS gone FROM
      (SELECT p AS score, chance, coalesce(own_fate & 1, 0) + coalesce(fate & 1, 0) > 0 AS stayed,
              date_diff('day', begun, $as_of::DATE) AS seen,
              least(own_left_on, left_on) IS NOT NULL AS told,
              coalesce(date_diff('day', begun, least(own_left_on, left_on)), $window + 1) AS age
       FROM (SELECT unit::UUID AS unit, min(time)::DATE AS begun,
                    arg_min(probability, {'t': time, 'i': decision_id}) AS p,
                    min(propensity) AS chance, min(left_on) AS own_left_on,
                    bit_or(fate) AS own_fate
             FROM decisions LEFT JOIN told ON told_of = try_cast(decision_id AS UUID)
             WHERE event = 'decision' AND unit <> 'none'
             GROUP BY 1 HAVING bool_and(offer = 'none')) AS alone
       LEFT JOIN told ON told_of = unit)
      WHERE seen >= $window AND age >= -1 AND chance > 0)
WHERE stayed OR told OR NOT $spoken
"""
EVER_SPOKEN = "SELECT coalesce(bool_or(fate & 1 = 1), FALSE) FROM told"
SCORES = """
SELECT arg_min(probability, {'t': time, 'i': decision_id}) AS score FROM decisions
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
