-- catch_up(me, have_type, have_id, have_rev): all that a reader must know, given what it has.
-- Rows, by `what`:
--   'me'       contact_id, name, username, rev (the user's own counter); more: further members
--   'contact'  one for each conversation that I am or was in; m_*: its last entry that I may see; of a
--              friend what I call him or her, and the list (0: the default one); of a person, also
--              one who is a friend no more, the user name (null of a deleted account); more: see contact_more
--   'change'   one for each of `have` that has moved: rev, and reset (drop what you have of it)
--              or gone (I never was in it), followed by its messages
--   'message'  m_*: an entry of the change before, in the order of `rev`
-- Nothing for an account that was deleted.
-- 500 messages at most in all: a conversation with more than is left of that is reset.
-- STABLE: all is read from one snapshot. Reads account, membership, past_membership,
-- conversation, chat_group, friendship, message.
-- (It had no `more` before migration 0007, no mentions before 0013. Workers find columns by their names, and prepare anew.)
do $$
begin
    if exists (select from pg_proc p
                where p.oid = to_regprocedure('catch_up(int8, text[], int8[], int8[])')
                  and p.proargnames @> '{what}' and not p.proargnames @> '{more,m_mentions}')
    then
        drop function catch_up(int8, text[], int8[], int8[]);
    end if;
end
$$;
create or replace function catch_up(p_me int8, p_have_type text[], p_have_id int8[], p_have_rev int8[])
returns table (
    what text, contact_type text, contact_id int8, name text, username text, rev int8,
    read_seq int8, unread int8, ended bool, reset bool, gone bool, remark text, list_id int8, more jsonb,
    m_seq int8, m_rev int8, m_kind text, m_from_id int8, m_from_name text, m_msg text,
    m_timestamp text, m_client_id text, m_notice text, m_mentions text)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_left          int := 500;
    v_have          record;
    v_reset         bool;
    v_types         text[] := '{}';                -- of what has moved, as of the next
    v_ids           int8[] := '{}';
    v_revs          int8[] := '{}';
    v_resets        bool[] := '{}';
    v_hads          int8[] := '{}';
    v_conversations int8[] := '{}';                -- null: gone
begin
    return query
    select 'me', null::text, a.id, a.name, a.username, a.me_rev, null::int8, null::int8,
           null::bool, null::bool, null::bool, null::text, null::int8, jsonb_build_object('avatar', a.avatar_id),
           null::int8, null::int8, null::text, null::int8, null::text, null::text, null::text, null::text, null::text,
           null::text
      from account a where a.id = p_me and a.deleted_at is null;
    if not found then
        return;
    end if;

    return query
    select 'contact', c.contact_type, c.contact_id, coalesce(g.name, friend.name), friend.username, c.rev,
           c.read_seq,
           case when c.rev > c.read_seq            -- asked only where there can be some
                then (select u.unread from unread_of(p_me, c.conversation_id, c.read_seq) u) else 0 end,
           case c.contact_type when 'group' then c.left_rev is not null else f.user_id is null end,
           null::bool, null::bool, f.remark, case when f.user_id is not null then coalesce(f.list_id, 0) end,
           v.more,
           l.seq, l.rev, l.kind, l.from_id, author.name, l.msg,
           rfc3339(l.created_at), l.client_id::text, notice_shown(l.notice), mentions_shown(l.kind, l.mentions)
      from contact_rows(p_me) c
     cross join lateral (                        -- null: nothing to look for
           select case c.contact_type when 'group' then c.contact_id end,
                  case c.contact_type when 'single' then c.contact_id end) k (group_id, friend_id)
      left join chat_group g on g.id = k.group_id
      left join account friend on friend.id = k.friend_id
      left join friendship f on f.user_id = p_me and f.friend_id = k.friend_id
     cross join lateral contact_more(p_me, c.conversation_id, c.contact_type, c.contact_id) v
      left join lateral newest_of(p_me, c.conversation_id) l on true
      left join account author on author.id = l.from_id
     order by c.contact_type, c.contact_id;

    -- One query for all that has moved, and one for the entries, however many conversations there are.
    -- No more entries have changed than numbers were given: where that is little, nobody counts.
    for v_have in
        select h.contact_type, h.contact_id, h.rev as had, c.conversation_id, c.rev,
               case when c.rev - h.rev <= 20 then c.rev - h.rev
                    else (select count(*) from changed_of(p_me, c.conversation_id, h.rev, 501)) end as count
          from (select distinct on (x.contact_type, x.contact_id) x.*
                  from unnest(p_have_type, p_have_id, p_have_rev) as x (contact_type, contact_id, rev)
                 order by x.contact_type, x.contact_id, x.rev) h
          left join lateral contact_row(p_me, h.contact_type, h.contact_id) c on true
         where c.rev is distinct from h.rev
         order by h.contact_type, h.contact_id
    loop
        v_reset := v_have.had > v_have.rev or v_have.had < 0 or v_have.count > v_left;
        if not v_reset then
            v_left := v_left - v_have.count;
        end if;
        v_types := v_types || v_have.contact_type;
        v_ids := v_ids || v_have.contact_id;
        v_revs := v_revs || v_have.rev;
        v_resets := v_resets || coalesce(v_reset, false);
        v_hads := v_hads || v_have.had;
        v_conversations := v_conversations || v_have.conversation_id;
    end loop;
    return query
    select x.what, w.contact_type, w.contact_id, null::text, null::text, x.rev,
           null::int8, null::int8, null::bool, x.reset, x.gone, null::text, null::int8, null::jsonb,
           x.m_seq, x.m_rev, x.m_kind, x.m_from_id, x.m_from_name, x.m_msg, x.m_timestamp, x.m_client_id, x.m_notice,
           x.m_mentions
      from unnest(v_types, v_ids, v_revs, v_resets, v_hads, v_conversations)
           with ordinality as w (contact_type, contact_id, rev, reset, had, conversation_id, n)
     cross join lateral (
           select 'change', w.rev, w.reset, w.conversation_id is null,
                  null::int8, null::int8, null::text, null::int8, null::text, null::text, null::text, null::text, null::text,
                  null::text
            union all
           select 'message', null, null, null,
                  m.seq, m.rev, m.kind, m.from_id, (select a.name from account a where a.id = m.from_id), m.msg,
                  rfc3339(m.created_at), m.client_id::text, notice_shown(m.notice), mentions_shown(m.kind, m.mentions)
             from changed_of(p_me, case when not w.reset then w.conversation_id end, w.had, 500) m
           ) x (what, rev, reset, gone,
                m_seq, m_rev, m_kind, m_from_id, m_from_name, m_msg, m_timestamp, m_client_id, m_notice, m_mentions)
     order by w.n, x.m_rev nulls first;
end
$$;
