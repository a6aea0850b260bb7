#!lua flags=no-writes
-- KEYS gen keys:<tenant>  ARGV prefix id ('' all of the tenant's)
-- -> {gen, for each: {id, tenant, name, scopes, made_with, digest, created_ms, used_day ('' never)}} | lost
local call, prefix = redis.call, ARGV[1]
local found = {call('GET', KEYS[1])}
if not found[1] then return {'lost'} end
for _, id in ipairs(ARGV[2] == '' and call('SMEMBERS', KEYS[2]) or {ARGV[2]}) do
  local key = call('HMGET', prefix .. 'key:' .. id, 'tenant', 'name', 'scopes', 'with', 'digest', 'created', 'used')
  if key[1] then found[#found + 1] = {id, key[1], key[2], key[3], key[4], key[5], key[6], key[7] or ''} end
end
return found
