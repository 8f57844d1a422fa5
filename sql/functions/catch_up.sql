-- catch_up(me, have_type, have_id, have_rev): all that a reader must know, given what it has.
-- Rows, by `what`:
--   'me'       contact_id, name, username, rev (the user's own counter); more: further members
--   'contact'  one for each conversation that I am or was in; m_*: its last entry that I may see; of a
--              friend what I call him or her, and the list (0: the default one); of a person, also
--              one who is a friend no more, the user name (null of a deleted account); more: see contact_more;
--              last_seen: of a friend who lets me know, for a worker that finds nobody there
--   'change'   one for each of `have` that has moved: rev, and reset (drop what you have of it)
--              or gone (I never was in it), followed by its messages
--   'message'  m_*: an entry of the change before, in the order of `rev`
-- Nothing for an account that was deleted.
-- 500 messages at most in all: a conversation with more than is left of that is reset.
-- STABLE: all is read from one snapshot. Reads account, membership, past_membership,
-- conversation, chat_group, friendship, seen, message.
-- (Workers find columns by their names, and prepare anew.)
select admit_column('catch_up(int8, text[], int8[], int8[])', 'more', 'json');
create or replace function catch_up(p_me int8, p_have_type text[], p_have_id int8[], p_have_rev int8[])
returns table (
    what text, contact_type text, contact_id int8, name text, username text, rev int8,
    read_seq int8, unread int8, ended bool, reset bool, gone bool, remark text, list_id int8, more json,
    m_seq int8, m_rev int8, m_kind text, m_from_id int8, m_from_name text, m_msg text,
    m_timestamp text, m_client_id text, m_notice text, m_mentions text, last_seen text)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_me            account;
    v_left          int8 := 500;
    v_mine          membership[];                  -- of each contact, as of the next
    v_contact_types text[];
    v_contact_ids   int8[];
    v_contact_revs  int8[];
    v_contact_left  bool[];
    v_types         text[];                        -- of what has moved, as of the next
    v_ids           int8[];
    v_hads          int8[];
    v_revs          int8[];
    v_counts        int8[];
    v_places        int8[];                        -- in v_mine; null: gone
    v_resets        bool[] := '{}';
begin
    select * into v_me from account a where a.id = p_me and a.deleted_at is null;
    if not found then
        return;
    end if;
    return query
    select 'me', null::text, v_me.id, v_me.name, v_me.username, v_me.me_rev, null::int8, null::int8,
           null::bool, null::bool, null::bool, null::text, null::int8, json_build_object('avatar', v_me.avatar_id),
           null::int8, null::int8, null::text, null::int8, null::text, null::text, null::text, null::text, null::text,
           null::text, null::text;

    -- What costs time here are the look-ups for each contact: nothing is looked up that another has brought already.
    select array_agg(c.mine), array_agg(c.contact_type), array_agg(c.contact_id), array_agg(c.rev),
           array_agg(c.left_rev is not null)
      into v_mine, v_contact_types, v_contact_ids, v_contact_revs, v_contact_left
      from contact_rows(p_me) c;
    return query
    select 'contact', c.contact_type, c.contact_id, coalesce((c.mine).group_name, g.name, friend.name), friend.username, c.rev,
           (c.mine).read_seq, coalesce(n.unread, 0),
           case c.contact_type when 'group' then (c.mine).left_rev is not null else f.user_id is null end,
           null::bool, null::bool, f.remark, case when f.user_id is not null then coalesce(f.list_id, 0) end,
           v.more,
           l.seq, l.rev, l.kind, l.from_id,
           case l.from_id when p_me then v_me.name when friend.id then friend.name
                else (select a.name from account a where a.id = l.from_id) end,
           l.msg, rfc3339(l.created_at), l.client_id::text, notice_shown(l.notice), mentions_shown(l.kind, l.mentions),
           case when friend.last_seen = 'friends' then rfc3339(f.at) end
      from (select unnest(v_mine), unnest(v_contact_types), unnest(v_contact_ids), unnest(v_contact_revs)
           ) c (mine, contact_type, contact_id, rev)
     cross join lateral (                        -- null: nothing to look for
           select case c.contact_type when 'group' then c.contact_id end,
                  case c.contact_type when 'single' then c.contact_id end) k (group_id, friend_id)
      left join chat_group g on g.id = k.group_id
      left join account friend on friend.id = k.friend_id
      left join lateral (                        -- by its key: never all friends for each of them
           select f.user_id, f.remark, f.list_id, s.at
             from friendship f
             left join seen s on s.user_id = f.friend_id
            where f.user_id = p_me and f.friend_id = k.friend_id
           offset 0) f on true
      left join lateral (                        -- asked only where there can be some
           select u.unread, u.mentioned
             from unread_of(c.mine, (c.mine).read_seq) u
            where c.rev > (c.mine).read_seq
           offset 0) n on true
     cross join lateral contact_more(c.mine, case c.contact_type       -- of a group that I left I see it no longer
                                             when 'group' then case when (c.mine).left_rev is null then g.avatar_id end
                                             else friend.avatar_id end,
                                     coalesce(n.mentioned, 0)) v
      left join lateral newest_of(c.mine) l on true
     order by c.contact_id, c.contact_type;

    -- One query for all that has moved, and one for the entries, however many conversations there are.
    -- No more entries have changed than numbers were given: where that is little, nobody counts. (After I have left,
    -- more may have been recalled.)
    select array_agg(h.contact_type), array_agg(h.contact_id), array_agg(h.had), array_agg(h.rev),
           array_agg(h.place),
           array_agg(case when h.rev - h.had <= 20 and not h.is_left then h.rev - h.had
                          else (select count(*) from changed_of(v_mine[h.place], h.had, 501)) end)
      into v_types, v_ids, v_hads, v_revs, v_places, v_counts
      from (select x.contact_type, x.contact_id, min(x.had) as had, min(x.rev) as rev, min(x.place) as place,
                   bool_or(x.is_left) as is_left
              from (select h.contact_type, h.contact_id, h.had, null::int8 as rev, null::int8 as place, null::bool as is_left
                      from unnest(p_have_type, p_have_id, p_have_rev) as h (contact_type, contact_id, had)
                     union all
                    select c.contact_type, c.contact_id, null, c.rev, c.place, c.is_left
                      from unnest(v_contact_types, v_contact_ids, v_contact_revs, v_contact_left)
                           with ordinality as c (contact_type, contact_id, rev, is_left, place)) x
             group by x.contact_id, x.contact_type
            having min(x.had) is not null and min(x.rev) is distinct from min(x.had)
             order by x.contact_id, x.contact_type) h;
    for i in 1 .. coalesce(cardinality(v_types), 0) loop
        v_resets := v_resets || coalesce(v_hads[i] > v_revs[i] or v_hads[i] < 0 or v_counts[i] > v_left, false);
        if not v_resets[i] then
            v_left := v_left - coalesce(v_counts[i], 0);
        end if;
    end loop;
    return query
    select x.what, w.contact_type, w.contact_id, null::text, null::text, x.rev,
           null::int8, null::int8, null::bool, x.reset, x.gone, null::text, null::int8, null::json,
           x.m_seq, x.m_rev, x.m_kind, x.m_from_id, x.m_from_name, x.m_msg, x.m_timestamp, x.m_client_id, x.m_notice,
           x.m_mentions, null::text
      from unnest(v_types, v_ids, v_revs, v_resets, v_hads, v_places)
           with ordinality as w (contact_type, contact_id, rev, reset, had, place, n)
     cross join lateral (                        -- picked from the array once, not for each of its members
           select v_mine[case when not w.reset then w.place end]
           offset 0) k (mine)
     cross join lateral (
           select 'change', w.rev, w.reset, w.place is null,
                  null::int8, null::int8, null::text, null::int8, null::text, null::text, null::text, null::text, null::text,
                  null::text
            union all
           select 'message', null, null, null,
                  e.seq, e.rev, e.kind, e.from_id,
                  case e.from_id when p_me then v_me.name else (select a.name from account a where a.id = e.from_id) end,
                  e.msg, rfc3339(e.created_at), e.client_id::text, notice_shown(e.notice), mentions_shown(e.kind, e.mentions)
             from changed_of(k.mine, w.had, 500) e
           ) x (what, rev, reset, gone,
                m_seq, m_rev, m_kind, m_from_id, m_from_name, m_msg, m_timestamp, m_client_id, m_notice, m_mentions)
     order by w.n, x.m_rev nulls first;
end
$$;
