-- counties_of_item: the county of an item of the ledger.
-- @key
select array[county_code] from ledger_item where id = @key
order by id
