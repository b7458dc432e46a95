-- forget_plans: a statement that was prepared before the gridded tables were
-- made would go on reading those that they stand before.
discard plans
