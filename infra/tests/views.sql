CREATE OR REPLACE VIEW churn_costs AS
SELECT jsonPayload.offer, COUNT(*) AS made
FROM `decision_log`
GROUP BY 1;

CREATE OR REPLACE VIEW churn_fallbacks AS
SELECT COUNT(*) AS texts
FROM `decision_log`;

