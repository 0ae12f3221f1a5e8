-- Fifty thousand objects that a snapshot of the catalog holds: 20,000 tables, 12,000 views over them, 12,000
-- functions, 3,000 enumerations, 3,000 sequences. For an empty database, as its owner:
--   psql -d many -f tests/bench/fifty_thousand_objects.sql
-- A Weir that serves this database then logs how many objects it has loaded, their size and the time.
\set QUIET on
set client_min_messages = warning;
create procedure make(count integer, command text) language plpgsql as $$
begin
    for i in 1 .. count loop
        execute replace(command, '#', i::text);
        if i % 500 = 0 then commit; end if;
    end loop;
end $$;
call make(20000, 'create table table_of_the_application_# (id integer, name text, at timestamptz)');
call make(12000, 'create view view_of_the_application_# as select t.id, upper(t.name) as name, '
                 'count(*) over (partition by t.at) as n from table_of_the_application_# t '
                 'where t.id between 1 and 100 order by t.at');
call make(8000, 'create function function_of_the_application_#(i integer, n text default null) '
                'returns text language sql stable as '
                '''select name from table_of_the_application_# where id = i and name is distinct from n''');
call make(4000, 'create function procedural_#(i integer) returns integer language plpgsql immutable as '
                '''begin return i + 1; end''');
call make(3000, 'create type enumeration_# as enum (''one'', ''two'', ''three'')');
call make(3000, 'create sequence sequence_#');
