-- group_link_good(me, token_hash): the link of that token, and its group, if I may come in by it; no row where it
-- is unknown, expired, used up or revoked, where its maker may no longer invite, or I am banned. (Of a group that was
-- dissolved nobody is a member, so nobody may invite.) A helper. Reads group_link, conversation.
create or replace function group_link_good(p_me int8, p_token_hash bytea)
returns table (link_id int8, group_id int8, conversation_id int8)
language sql stable
as $$
    select l.id, l.group_id, c.id
      from group_link l join conversation c on c.group_id = l.group_id
     where l.token_hash = p_token_hash and l.expires_at > now() and l.uses < l.max_uses
       and group_invite_refused(l.by_id, l.group_id) is null
       and exists (select from standing_in(p_me, l.group_id) s where may('use-link', s.standing))
$$;
