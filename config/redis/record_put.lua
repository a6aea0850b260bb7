#!lua
-- KEYS records rk:<call> gone records:cut
-- ARGV what(record|learned) call rev node keep_ms part name value... -> {'ok', id} | again | gone
-- One entry of a call from a node: a newer rev takes the place of the one before, an older or the same changes nothing.
-- What was learned of a call comes in parts, and takes the place of the same part alone: whose call it is may not have
-- read the one before. cut is the newest entry that was too old when another came: who has not read as far as that has
-- missed something. rk has what is where, so that record_gone.lua finds it.
local R = redis.call
if R('ZSCORE', KEYS[3], ARGV[2]) then return {'gone'} end
local is_record, field = ARGV[1] == 'record', ARGV[1] .. ':' .. ARGV[4]
if not is_record then field = field .. ':' .. ARGV[6] end
local known = R('HGET', KEYS[2], field)
local rev, id = '', nil
if known then rev, id = known:match('^(%d*) (%S+)$') end
if is_record and known and tonumber(rev) >= tonumber(ARGV[3]) then return {'again'} end
local time = R('TIME')
local least = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[5])
if id then R('XDEL', KEYS[1], id) end
local old = R('XREVRANGE', KEYS[1], '(' .. least .. '-0', '-', 'COUNT', 1)
if old[1] then R('SET', KEYS[4], old[1][1]) end
local entry = {'what', ARGV[1], 'call', ARGV[2], 'rev', ARGV[3], 'node', ARGV[4]}
for i = 7, #ARGV do entry[#entry + 1] = ARGV[i] end
id = R('XADD', KEYS[1], 'MINID', '~', least, '*', unpack(entry))
R('HSET', KEYS[2], field, (is_record and ARGV[3] or '') .. ' ' .. id)
R('PEXPIRE', KEYS[2], ARGV[5])
return {'ok', id}
