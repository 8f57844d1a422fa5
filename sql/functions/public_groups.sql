-- public_groups(me, key, after, limit): the public groups in whose names key stands, but those in which I am banned; key
-- is folded, and of two characters at least. By id, those above `after`, `limit` at most; each a card, as JSON.
-- (Planned at each call: what is rare goes by the index of pairs, what is everywhere by the ids.)
-- Reads chat_group, group_ban.
create or replace function public_groups(p_me int8, p_key text, p_after int8, p_limit int)
returns table (id int8, card jsonb)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
    return query
    select x.id, group_card(x.id, p_me)
      from (select g.id from chat_group g
             where g.visibility = 'public' and g.dissolved_at is null
               and name_pairs(g.name_key) @> name_pairs(p_key) and strpos(g.name_key, p_key) > 0
               and g.id > p_after
               and not exists (select from group_ban b where b.group_id = g.id and b.user_id = p_me)
             order by g.id limit p_limit) x
     order by x.id;
end
$$;
