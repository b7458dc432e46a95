-- plan_alike: the statements of a mine are small and many, and ask the same of
-- every mine: planning each anew, and starting helpers for it, costs several
-- times what computing does. Until the transaction ends.
select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('max_parallel_workers_per_gather', '0', true)
