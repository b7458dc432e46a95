-- today: the day in China, where there is one zone and no summer time.
select (now() at time zone interval '8 hours')::date
