" A session in Vim with ALE: diagnostics, and none after the text is repaired.
" vim -n -N -u NONE -i NONE -es -S check.vim, with SERVER (the command), ROOT and FILE in the environment.
set nocompatible
let g:ale_linters = {'python': ['dbt_glue']}
let g:ale_linters_explicit = 1
let g:ale_completion_enabled = 0
let g:ale_lint_delay = 50
packadd ale
filetype on
let s:server = split($SERVER, '|')
call ale#linter#Define('python', {
  \ 'name': 'dbt_glue', 'lsp': 'stdio', 'executable': s:server[0],
  \ 'command': join(map(copy(s:server), {_, part -> ale#Escape(part)}), ' '),
  \ 'project_root': {buffer -> $ROOT}})
let s:out = []
function! Found() abort
  return map(copy(ale#engine#GetLoclist(bufnr(''))), {_, item -> item.lnum . ':' . item.col . ' ' . get(item, 'code', '') . ' ' . item.text})
endfunction
function! Await(empty) abort
  let l:tries = 0
  while l:tries < 20 * str2nr($SECONDS) && empty(Found()) != a:empty
    sleep 50m
    let l:tries += 1
  endwhile
  return empty(Found()) == a:empty
endfunction
edit $FILE
ALELint
if !Await(0) | call writefile(['FAIL: no diagnostics'], '/dev/stderr') | cquit | endif
call add(s:out, 'diagnostic ' . join(Found(), '; '))
%s/"order"/"orders"/
ALELint
if !Await(1) | call writefile(['FAIL: the finding did not go'], '/dev/stderr') | cquit | endif
call add(s:out, 'fixed ' . getline(2))
call writefile(s:out, '/dev/stdout')
ALEStopAllLSPs
qall!
