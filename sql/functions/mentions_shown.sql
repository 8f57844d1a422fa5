-- mentions_shown(kind, mentions): whom an entry mentions, as JSON for its readers; null of nobody, and of
-- what was recalled. A helper of all that shows entries.
-- (plpgsql, so that it costs their plans nothing where there is no mention.)
create or replace function mentions_shown(p_kind text, p_mentions int8[]) returns text
language plpgsql immutable strict
as $$
begin
    return case when p_kind <> 'text' then null
                when p_mentions = '{0}' then '["all"]'
                else array_to_json(p_mentions)::text end;
end
$$;
