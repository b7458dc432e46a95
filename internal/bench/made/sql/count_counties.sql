-- count_counties: how many counties there are.
select count(*) from county
