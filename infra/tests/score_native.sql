-- as short as a function of `churn sql` can be
CREATE OR REPLACE FUNCTION `score_native`(in_tenure FLOAT64, in_Contract STRING) AS ((
SELECT AS STRUCT * FROM (
SELECT in_tenure / 72 AS churn_probability, in_Contract AS reason_1
)
))
