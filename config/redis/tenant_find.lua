#!lua flags=no-writes
-- KEYS gen num lost  ARGV prefix, then for each: number id known_etag (a number, or '' and an id)
-- -> {gen, lost, for each: {} nobody | {id, etag} unchanged | {id, etag, json}} | lost
local call, prefix = redis.call, ARGV[1]
local found = {call('GET', KEYS[1]), call('GET', KEYS[3]) or '0'}
if not found[1] then return {'lost'} end
for i = 2, #ARGV, 3 do
  local id = ARGV[i + 1]
  if ARGV[i] ~= '' then id = call('HGET', KEYS[2], ARGV[i]) end
  local there = id and call('HMGET', prefix .. 't:' .. id, 'etag', 'json') or {}
  if not there[1] then found[#found + 1] = {}
  elseif there[1] == ARGV[i + 2] then found[#found + 1] = {id, there[1]}
  else found[#found + 1] = {id, there[1], there[2]} end
end
return found
