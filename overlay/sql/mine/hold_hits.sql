-- hold_hits: where the session keeps what restricting_hit finds of one mine for
-- the statements after it, until the transaction ends.
--
-- A hit is a row of a layer by one connected piece of a rule's subject: geom is
-- the row's ground in it. decides is the part of it that counts: where another source
-- decides, or all of it is permitted, there is none. Areas are ellipsoidal.
create temporary table if not exists restricting_hit (
    run_id bigint not null,
    licence_no text not null,
    rule_code text not null,
    imaged_on date not null,
    dataset_id bigint not null,
    row_no integer not null,
    source text not null,
    class text not null,
    family text not null,
    geom geometry not null,
    ellipsoidal_area_m2 double precision not null,
    decides geometry,
    decides_ellipsoidal_area_m2 double precision
) on commit delete rows
