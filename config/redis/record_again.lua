#!lua
-- KEYS again:<node> gone again:<node>:<call> again:nodes
-- ARGV call owner rev most keep_ms mark_ms name value... -> ok | again | gone | full
-- A record for one node, which has missed it, if not so many wait for him. The mark is whose call was sent and its rev: of
-- several who answer at once one sends it, and whoever has an older copy does not, nor while a newer one waits. What
-- waits (owner rev id) record_gone.lua and record_taken.lua find by again:nodes and again:<node>:calls.
local R = redis.call
local calls = KEYS[1] .. ':calls'
local function is_as_new(text)
  local owner, rev = (text or ''):match('^(.*) (%d+)$')
  return owner == ARGV[2] and tonumber(rev) >= tonumber(ARGV[3])
end
if R('ZSCORE', KEYS[2], ARGV[1]) then return 'gone' end
if is_as_new(R('GET', KEYS[3])) then return 'again' end
local waits = R('HGET', calls, ARGV[1])
local what, id = (waits or ''):match('^(.*) (%S+)$')
if id then
  if is_as_new(what) and R('XRANGE', KEYS[1], id, id)[1] then return 'again' end
  R('XDEL', KEYS[1], id)
end
if R('XLEN', KEYS[1]) >= tonumber(ARGV[4]) then return 'full' end
local entry = {}
for i = 7, #ARGV do entry[#entry + 1] = ARGV[i] end
local mark = ARGV[2] .. ' ' .. ARGV[3]
R('HSET', calls, ARGV[1], mark .. ' ' .. R('XADD', KEYS[1], '*', unpack(entry)))
R('SADD', KEYS[4], KEYS[1])
for _, key in ipairs({KEYS[1], KEYS[4], calls}) do R('PEXPIRE', key, ARGV[5]) end
R('SET', KEYS[3], mark, 'PX', ARGV[6])
return 'ok'
