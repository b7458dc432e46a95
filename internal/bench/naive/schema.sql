-- The tables that the statements beside this file fill, in their order. Run as a
-- script before each time; it is not measured.
drop schema if exists naive cascade;
create schema naive;

create table naive.mine (
    licence_no text primary key, enterprise text, valid_from date, valid_to date, renewal_accepted_on date,
    top_m double precision, bottom_m double precision, geom geometry, area_m2 double precision);
create index on naive.mine using gist (geom);

create table naive.patch (
    dataset_id bigint, row_no integer, licence_no text, confirmed boolean, restored boolean, kind text, imaged_on date,
    ownership text, top_m double precision, bottom_m double precision, geom geometry, primary key (dataset_id, row_no));
create index on naive.patch (licence_no);
create index on naive.patch using gist (geom);

create table naive.approval (
    licence_no text, dataset_id bigint, row_no integer, kind text, approval_no text, approved_on date, begins_on date,
    valid_to date, returned_on date, reclaimed_on date, reclaim_by date, max_m double precision, geom geometry,
    area_m2 double precision, primary key (licence_no, dataset_id, row_no));
create index on naive.approval using gist (geom);

create table naive.ground (licence_no text, imaged_on date, geom geometry, area_m2 double precision, primary key (licence_no, imaged_on));
create index on naive.ground using gist (geom);

create table naive.piece (piece_no bigserial primary key, licence_no text, kind text, imaged_on date, first_seen_on date, geom geometry);
create index on naive.piece (licence_no);

create table naive.component (component_no bigserial primary key, licence_no text, geom geometry);
create index on naive.component using gist (geom);

create table naive.part (
    part_no bigserial primary key, component_no bigint, licence_no text, kind text, imaged_on date, first_seen_on date,
    cover text, class text, geom geometry, area_m2 double precision);
create index on naive.part (component_no);
create index on naive.part using gist (geom);

create table naive.account (
    licence_no text primary key, ground_m2 double precision, approved_m2 double precision, expired_m2 double precision,
    over_occupied_m2 double precision, displaced_m2 double precision, unapproved_m2 double precision,
    unapproved_construction_m2 double precision, late_approval_m2 double precision, inside_other_approval_m2 double precision);

create table naive.approval_account (
    licence_no text, dataset_id bigint, row_no integer, state text, area_m2 double precision, still_disturbed_m2 double precision,
    primary key (licence_no, dataset_id, row_no));

create table naive.hit (
    licence_no text, rule_code text, imaged_on date, dataset_id bigint, row_no integer, class text, family text, source text,
    geom geometry, deciding geometry);
create index on naive.hit (licence_no, rule_code);

create table naive.finding (
    licence_no text, rule_code text, geom geometry, area_m2 double precision, metres_above double precision,
    metres_below double precision, primary key (licence_no, rule_code));
create index on naive.finding using gist (geom);

create table naive.breakdown (licence_no text, rule_code text, key text, area_m2 double precision, primary key (licence_no, rule_code, key));

create table naive.citation (
    licence_no text, rule_code text, role text, dataset_id bigint, row_no integer, area_m2 double precision,
    primary key (licence_no, rule_code, role, dataset_id, row_no));

create table naive.vegetation (licence_no text, layer text, class text, area_m2 double precision, primary key (licence_no, layer, class));
create table naive.vegetation_areas (licence_no text, layer text, class text, area_m2 double precision, primary key (licence_no, layer, class));
