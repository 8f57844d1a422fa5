-- permissions_load(): writes the table of permissions: whoever has that standing may do that action. What
-- is no longer in it goes. Asked by may(); run by sql/migrate each time, and by nobody else.
--
-- Standings towards a group (standing_in): owner, admin, member, muted (a member who may not write now),
-- removed (was in it), invited, banned, stranger. Towards a person (standing_with): self, friend,
-- ex-friend, blocked (by the other), blocker (of the other), stranger. Nobody removes, mutes or demotes the owner.
create or replace function permissions_load() returns void
language sql
as $$
    with wanted as (
        select w.action, s.standing
          from (values
                -- In a group.
                ('see-group',          '{owner,admin,member,muted}'::text[]),
                ('send',               '{owner,admin,member}'),
                ('send-unslowed',      '{owner,admin}'),
                ('mention-all',        '{owner,admin}'),
                ('change-group',       '{owner,admin}'),
                ('change-avatar',      '{owner,admin}'),
                ('announce',           '{owner,admin}'),
                ('dissolve',           '{owner}'),
                ('leave',              '{admin,member,muted}'),
                ('pass-ownership',     '{owner}'),
                ('set-role',           '{owner}'),
                ('nickname-self',      '{owner,admin,member,muted}'),
                -- To another member, whose role ends the action's name.
                ('remove-member',      '{owner,admin}'),
                ('remove-admin',       '{owner}'),
                ('mute-member',        '{owner,admin}'),
                ('mute-admin',         '{owner}'),
                ('nickname-member',    '{owner,admin}'),
                ('nickname-admin',     '{owner}'),
                -- Of a group that one is not in: the card (see-group is more).
                ('see-public',         '{stranger,removed,invited}'),
                ('see-private',        '{invited}'),
                -- Who comes in.
                ('add',                '{owner,admin}'),
                ('invite',             '{owner,admin}'),
                ('invite-as-member',   '{owner,admin,member,muted}'),     -- where the group says so
                ('manage-invitations', '{owner,admin}'),                  -- other people's, and links
                ('answer-requests',    '{owner,admin}'),
                ('join-public',        '{stranger,removed,invited}'),
                ('use-link',           '{stranger,removed,invited,owner,admin,member,muted}'),
                -- And who is kept out; the role of one who is in it ends the action's name.
                ('ban',                '{owner,admin}'),
                ('ban-member',         '{owner,admin}'),
                ('ban-admin',          '{owner}'),
                -- To a person. Where a row of friendship or block is what the function acts on, that row is the
                -- standing, and nothing more is asked; t/39-permissions.t holds both together.
                ('write',              '{friend}'),
                ('read-conversation',  '{friend,ex-friend,blocked,blocker}'),
                ('find',               '{stranger,friend,ex-friend,blocker}'),  -- where the other wants to be found
                ('ask',                '{stranger,ex-friend}'),                 -- and asked
                ('keep-friend',        '{friend}'),
                ('block',              '{stranger,friend,ex-friend,blocked,blocker}'),
                ('unblock',            '{blocker}'),
                ('add-to-group',       '{friend}')
               ) as w (action, standings)
         cross join lateral unnest(w.standings) as s (standing)
    ), gone as (
        delete from permission p
         where not exists (select from wanted w where w.action = p.action and w.standing = p.standing)
    )
    insert into permission (action, standing) select w.action, w.standing from wanted w
    on conflict do nothing
$$;
select permissions_load();
