BEGIN TRANSACTION;
CREATE TABLE answers (
	participant_id TEXT NOT NULL, 
	question_id TEXT NOT NULL, 
	wave TEXT, 
	value FLOAT, 
	text TEXT, 
	lag_hours FLOAT, 
	PRIMARY KEY (participant_id, question_id), 
	FOREIGN KEY(participant_id) REFERENCES participants (participant_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(question_id) REFERENCES questions (question_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE codes (
	code_id TEXT NOT NULL, 
	slug TEXT NOT NULL, 
	scheme TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	definition TEXT, 
	include TEXT, 
	exclude TEXT, 
	examples TEXT, 
	parent_id TEXT, 
	colour TEXT, 
	"key" TEXT, 
	valence FLOAT, 
	position INTEGER, 
	channel TEXT, 
	ownership TEXT, 
	PRIMARY KEY (code_id), 
	FOREIGN KEY(parent_id) REFERENCES codes (code_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "codes" VALUES('e26df9ed-4993-54a3-bbe3-0248a42abf7d','b2b8:awareness','b2b8','stage','Осознание потребности','Awareness of a need','Клиент понял, что «так жить нельзя», но решения ещё не ищет / The client sees that something must change and isn''t looking for a solution yet',NULL,NULL,NULL,NULL,'#AE76A3','1',NULL,1,NULL,NULL);
INSERT INTO "codes" VALUES('6ebc9d04-fd7a-57ab-8e97-5e5aab1d899a','b2b8:search','b2b8','stage','Поиск решений','Search for solutions','Клиент ищет варианты: гуглит, спрашивает коллег, читает, ходит на выставки / The client looks for options: searches, asks colleagues, reads, visits exhibitions',NULL,NULL,NULL,NULL,'#5289C7','2',NULL,2,NULL,NULL);
INSERT INTO "codes" VALUES('d528ac34-4fd7-55b5-84d5-7d66ca026895','b2b8:evaluation','b2b8','stage','Оценка вариантов','Evaluation of options','Клиент сравнивает решения и поставщиков, запрашивает предложения, проводит тесты / The client compares solutions and suppliers, asks for quotations, runs tests',NULL,NULL,NULL,NULL,'#7BAFDE','3',NULL,3,NULL,NULL);
INSERT INTO "codes" VALUES('1ddc0c6b-12a9-5b52-939c-c80b7ed6fdb3','b2b8:purchase','b2b8','stage','Принятие решения и покупка','Decision and purchase','Выбор сделан: переговоры, согласование договора, тендер, оплата / The choice is made: negotiations, contract, tender, payment',NULL,NULL,NULL,NULL,'#90C987','4',NULL,4,NULL,NULL);
INSERT INTO "codes" VALUES('017aecfe-b5cd-5e54-bdd6-b66464f35e76','b2b8:onboarding','b2b8','stage','Поставка и внедрение','Delivery and onboarding','Продукт доставлен, смонтирован, запущен; персонал обучают / The product is delivered, installed and started; people are trained',NULL,NULL,NULL,NULL,'#CAE0AB','5',NULL,5,NULL,NULL);
INSERT INTO "codes" VALUES('2671e876-8991-58c7-b9b4-c1c93ab84d13','b2b8:use','b2b8','stage','Использование и поддержка','Use and support','Регулярная работа с продуктом, обращения в сервис, запчасти / Regular use of the product, calls to service, spare parts',NULL,NULL,NULL,NULL,'#F7F056','6',NULL,6,NULL,NULL);
INSERT INTO "codes" VALUES('702c4c9d-f406-5404-97e5-8497c2f3f351','b2b8:loyalty','b2b8','stage','Лояльность и повторные покупки','Loyalty and repeat purchase','Клиент покупает снова и не ищет других поставщиков / The client buys again and looks for no other supplier',NULL,NULL,NULL,NULL,'#F1932D','7',NULL,7,NULL,NULL);
INSERT INTO "codes" VALUES('799a842c-ebb8-5f58-b5f6-e2ccec462ff8','b2b8:advocacy','b2b8','stage','Адвокация бренда','Brand advocacy','Клиент сам рекомендует компанию другим / The client recommends the company of their own accord',NULL,NULL,NULL,NULL,'#72190E','8',NULL,8,NULL,NULL);
INSERT INTO "codes" VALUES('b8a4e7de-2c0a-5efd-98cc-f90a58b73337','touchpoints:website','touchpoints','touchpoint','Сайт','Website','Ваш сайт: страницы продуктов, блог, контакты, форма заявки / Your site: product pages, blog, contacts, request form',NULL,NULL,NULL,NULL,'#E8ECFB','z',NULL,1,'digital','owned');
INSERT INTO "codes" VALUES('25233db5-0756-5bb8-9d48-73b4cbd090b3','touchpoints:search_engine','touchpoints','touchpoint','Поисковые системы','Search engines','Яндекс, Google: как компания выглядит в выдаче / Yandex, Google: how the company looks in the results',NULL,NULL,NULL,NULL,'#D9CCE3','x',NULL,2,'digital','earned');
INSERT INTO "codes" VALUES('53fad027-22c9-569f-8136-8bfae91870a0','touchpoints:social','touchpoints','touchpoint','Социальные сети','Social networks','VK, Telegram-каналы, отраслевые группы / VK, Telegram channels, industry groups',NULL,NULL,NULL,NULL,'#CAACCB',NULL,NULL,3,'digital','owned');
INSERT INTO "codes" VALUES('efe7136e-1834-5d86-8a1b-bbf6e1e29368','touchpoints:email','touchpoints','touchpoint','Email','Email','Письма, рассылки, переписка / Letters, newsletters, correspondence',NULL,NULL,NULL,NULL,'#BA8DB4','c',NULL,4,'digital','owned');
INSERT INTO "codes" VALUES('28782c07-ae4c-5e5d-92db-54367380417e','touchpoints:online_ads','touchpoints','touchpoint','Онлайн-реклама','Online advertising','Баннеры, контекстная и таргетированная реклама / Banners, search and targeted ads',NULL,NULL,NULL,NULL,'#994F88',NULL,NULL,5,'digital','paid');
INSERT INTO "codes" VALUES('286bec64-5dae-5769-9d6a-2ca5fbfd90a1','touchpoints:webinar','touchpoints','touchpoint','Вебинары и онлайн-конференции','Webinars and online conferences','Вебинар или онлайн-конференция / A webinar or an online conference',NULL,NULL,NULL,NULL,'#882E72',NULL,NULL,6,'digital','owned');
INSERT INTO "codes" VALUES('46694797-0430-51db-901f-329806aeb3ee','touchpoints:chat','touchpoints','touchpoint','Онлайн-чаты и чат-боты','Online chats and chat bots','Чат с человеком или ботом, мессенджер компании / A chat with a person or a bot, the company''s messenger',NULL,NULL,NULL,NULL,'#1965B0',NULL,NULL,7,'digital','owned');
INSERT INTO "codes" VALUES('e2914f47-365d-5972-bdb1-f9fe3820d57f','touchpoints:portal','touchpoints','touchpoint','Клиентские порталы, личные кабинеты','Customer portals, personal accounts','Заказы, статусы, документы в личном кабинете / Orders, statuses and documents in a personal account',NULL,NULL,NULL,NULL,'#437DBF','v',NULL,8,'digital','owned');
INSERT INTO "codes" VALUES('d9ecafd9-ea51-53fa-91f5-98e3037d971b','touchpoints:configurator','touchpoints','touchpoint','Онлайн-конфигураторы, калькуляторы','Online configurators, calculators','Подобрать решение или посчитать стоимость самому / Choose a solution or count the price by oneself',NULL,NULL,NULL,NULL,'#6195CF',NULL,NULL,9,'digital','owned');
INSERT INTO "codes" VALUES('1fe7d01b-e65f-5809-958f-d694c50fffe7','touchpoints:exhibition','touchpoints','touchpoint','Выставки, конференции, форумы','Exhibitions, conferences, forums','Стенд, спикеры, раздаточные материалы / A stand, speakers, hand-outs',NULL,NULL,NULL,NULL,'#7BAFDE',NULL,NULL,10,'physical','paid');
INSERT INTO "codes" VALUES('ca8211e2-2cf8-52da-8f7b-ae5775ec60a4','touchpoints:seminar','touchpoints','touchpoint','Семинары, воркшопы, бизнес-завтраки','Seminars, workshops, business breakfasts','Камерные мероприятия для клиентов и партнёров / Small events for clients and partners',NULL,NULL,NULL,NULL,'#4EB265',NULL,NULL,11,'physical','owned');
INSERT INTO "codes" VALUES('7f924849-4fbb-548c-8d10-d942e76358bc','touchpoints:office','touchpoints','touchpoint','Офис, шоурум, производство','Office, showroom, plant','Визит клиента в офис или на завод / A visit to the office or the plant',NULL,NULL,NULL,NULL,'#90C987',NULL,NULL,12,'physical','owned');
INSERT INTO "codes" VALUES('19f124ea-b561-52d0-96c6-017ce58bee6a','touchpoints:print','touchpoints','touchpoint','Печатные материалы','Printed materials','Каталоги, буклеты, прайс-листы, статьи в журналах / Catalogues, brochures, price lists, articles in magazines',NULL,NULL,NULL,NULL,'#CAE0AB',NULL,NULL,13,'physical','owned');
INSERT INTO "codes" VALUES('5878d0a9-0786-513e-952a-4bd6a89003df','touchpoints:product','touchpoints','touchpoint','Сам продукт','The product itself','Внешний вид, упаковка, качество, инструкция / Looks, packing, quality, manual',NULL,NULL,NULL,NULL,'#F7F056','m',NULL,14,'physical','owned');
INSERT INTO "codes" VALUES('bdc79b92-a240-5400-8d4e-7030196e02c4','touchpoints:direct_mail','touchpoints','touchpoint','Прямая почтовая рассылка','Direct mail','Бумажная почта / Letters on paper',NULL,NULL,NULL,NULL,'#F7CB45',NULL,NULL,15,'physical','owned');
INSERT INTO "codes" VALUES('e200af60-a9d7-5054-b568-3ffbcdcb7470','touchpoints:sales_manager','touchpoints','touchpoint','Менеджеры по продажам','Sales managers','Звонки, встречи, переписка с менеджером / Calls, meetings and letters with a manager',NULL,NULL,NULL,NULL,'#F4A736','b',NULL,16,'human','owned');
INSERT INTO "codes" VALUES('b109507b-e15c-539d-847c-efffaa481128','touchpoints:engineer','touchpoints','touchpoint','Технические специалисты, инженеры','Technical specialists, engineers','Консультации, подбор решения, шеф-монтаж / Advice, choice of a solution, supervised installation',NULL,NULL,NULL,NULL,'#EE8026',NULL,NULL,17,'human','owned');
INSERT INTO "codes" VALUES('cc7a956c-ee25-587f-91a6-09b15f8da5fd','touchpoints:support','touchpoints','touchpoint','Служба поддержки, сервисные инженеры','Support, service engineers','Реакция на проблемы, ремонт, плановое ТО / Reaction to problems, repair, maintenance',NULL,NULL,NULL,NULL,'#E65518','n',NULL,18,'human','owned');
INSERT INTO "codes" VALUES('65f3ba63-c291-5840-a4ad-86783d086b46','touchpoints:call_centre','touchpoints','touchpoint','Секретарь, оператор колл-центра','Reception, call centre operator','Первый голос, который слышит клиент / The first voice that a client hears',NULL,NULL,NULL,NULL,'#DC050C',NULL,NULL,19,'human','owned');
INSERT INTO "codes" VALUES('bb28aed6-7297-5020-9298-f8bc15c3c863','touchpoints:management','touchpoints','touchpoint','Руководство компании','Company management','Переговоры с участием руководства / Negotiations with the management',NULL,NULL,NULL,NULL,'#A5170E',NULL,NULL,20,'human','owned');
INSERT INTO "codes" VALUES('828f63c9-8011-5184-9f82-384d7648d90e','touchpoints:installer','touchpoints','touchpoint','Монтажники, наладчики, водители доставки','Installers, adjusters, delivery drivers','Все, кто встречается с клиентом при исполнении заказа / Whoever meets the client while the order is carried out',NULL,NULL,NULL,NULL,'#42150A',NULL,NULL,21,'human','owned');
INSERT INTO "codes" VALUES('a1de3869-5e03-5a76-9fd1-ccbfdcf8b85a','feelings:interest','feelings','emotion','Заинтересованность','Interest','Любопытно, хочется узнать больше / Curious, wants to know more',NULL,NULL,NULL,NULL,'#56B4E9','q',0.4,1,NULL,NULL);
INSERT INTO "codes" VALUES('3bfc7e21-fe47-5fa0-af24-6296c3941d51','feelings:confusion','feelings','emotion','Растерянность','Confusion','Непонятно, что происходит и что делать / Doesn''t understand what is going on or what to do',NULL,NULL,NULL,NULL,'#AA4499','w',-0.4,2,NULL,NULL);
INSERT INTO "codes" VALUES('f4883dc8-82f4-5ea2-ae59-75516a5c7f9a','feelings:hope','feelings','emotion','Надежда','Hope','Ждёт, что всё получится / Expects that it will turn out well',NULL,NULL,NULL,NULL,'#88CCEE','e',0.4,3,NULL,NULL);
INSERT INTO "codes" VALUES('660aa932-235c-580e-8fb4-15f69a75c6d0','feelings:doubt','feelings','emotion','Сомнение','Doubt','Не уверен, стоит ли, не дорого ли, не подведут ли / Unsure whether it is worth it or will be let down',NULL,NULL,NULL,NULL,'#CC79A7','r',-0.3,4,NULL,NULL);
INSERT INTO "codes" VALUES('13fda3ba-dea4-54c9-bd21-8a1b4af93fe8','feelings:trust','feelings','emotion','Доверие','Trust','Полагается на людей и слова компании / Relies on the company''s people and words',NULL,NULL,NULL,NULL,'#0072B2','t',0.7,5,NULL,NULL);
INSERT INTO "codes" VALUES('a88cd7de-5d5f-55c1-8f0d-9cd994479ffa','feelings:irritation','feelings','emotion','Раздражение','Irritation','Злит, бесит, достало / Annoyed or angry',NULL,NULL,NULL,NULL,'#D55E00','y',-0.7,6,NULL,NULL);
INSERT INTO "codes" VALUES('c11dfb0e-2e58-585d-8c98-4846faebbda9','feelings:impatience','feelings','emotion','Нетерпение','Impatience','Не хочет или не может больше ждать / Can''t or won''t wait any longer',NULL,NULL,NULL,NULL,'#E69F00','u',-0.4,7,NULL,NULL);
INSERT INTO "codes" VALUES('9253af15-4c67-5662-b992-0dd8440727a0','feelings:confidence','feelings','emotion','Уверенность','Confidence','Уверен в выборе и в результате / Sure of the choice and of the result',NULL,NULL,NULL,NULL,'#332288','i',0.6,8,NULL,NULL);
INSERT INTO "codes" VALUES('9109e9b2-9167-5562-addf-0a05d4219aa9','feelings:satisfaction','feelings','emotion','Удовлетворение','Satisfaction','Доволен тем, что получил / Content with what was received',NULL,NULL,NULL,NULL,'#009E73','o',0.7,9,NULL,NULL);
INSERT INTO "codes" VALUES('9618b19e-9f48-52e2-81ba-a3e3e4129b5c','feelings:joy','feelings','emotion','Радость','Joy','Радуется, восхищён / Glad, delighted',NULL,NULL,NULL,NULL,'#F0E442','p',0.9,10,NULL,NULL);
INSERT INTO "codes" VALUES('e37ea170-ff72-5ad8-99c7-b7c1163cb3a0','feelings:disappointment','feelings','emotion','Разочарование','Disappointment','Ждал лучшего, чем получил / Expected better than what came',NULL,NULL,NULL,NULL,'#882255','[',-0.7,11,NULL,NULL);
INSERT INTO "codes" VALUES('94c4f2a9-fdf7-514b-96e9-353027a0a2aa','barriers:navigation','barriers','pain','Непонятная навигация','Confusing navigation','На сайте или в портале трудно найти нужное / It is hard to find things on the site or portal',NULL,NULL,NULL,NULL,'#E69F00','a',NULL,1,NULL,NULL);
INSERT INTO "codes" VALUES('71cdad3e-6374-5366-b40c-452c22f900c5','barriers:no_prices','barriers','pain','Нет цен в открытом доступе','No public prices','Цену не узнать без запроса и звонка / The price can''t be learnt without asking',NULL,NULL,NULL,NULL,'#56B4E9','s',NULL,2,NULL,NULL);
INSERT INTO "codes" VALUES('a8c5d8e4-fe82-5e0d-8b88-43c72f3c0774','barriers:slow_reply','barriers','pain','Долгий ответ на запрос','Slow reply','Ответа, счёта, предложения приходится долго ждать / A reply, invoice or offer takes too long',NULL,NULL,NULL,NULL,'#009E73','d',NULL,3,NULL,NULL);
INSERT INTO "codes" VALUES('c33788e6-bb28-5f58-ba18-3b9678389a09','barriers:incompetent_manager','barriers','pain','Некомпетентный менеджер','Incompetent manager','Менеджер не знает продукта или условий / The manager doesn''t know the product or the terms',NULL,NULL,NULL,NULL,'#F0E442','f',NULL,4,NULL,NULL);
INSERT INTO "codes" VALUES('6effa486-22f7-55a5-a03c-9cf15d3a0377','barriers:contract','barriers','pain','Сложное согласование договора','Hard contract approval','Договор и бумаги согласуются трудно и долго / Contract and paperwork are hard to get agreed',NULL,NULL,NULL,NULL,'#0072B2','g',NULL,5,NULL,NULL);
INSERT INTO "codes" VALUES('108103ed-a988-5b82-b8b6-c6f6d19c69b3','barriers:late_delivery','barriers','pain','Задержка поставки','Late delivery','Поставка пришла позже обещанного / Delivery came later than promised',NULL,NULL,NULL,NULL,'#D55E00','h',NULL,6,NULL,NULL);
INSERT INTO "codes" VALUES('ffcf3eb4-4ef5-590d-8578-0804e2b0bd9b','barriers:installation_errors','barriers','pain','Ошибки при монтаже','Installation errors','Смонтировали или настроили неправильно / Installed or set up wrongly',NULL,NULL,NULL,NULL,'#CC79A7','j',NULL,7,NULL,NULL);
INSERT INTO "codes" VALUES('f409ca21-16ca-5265-a3c2-d19b883d8884','barriers:unreachable_service','barriers','pain','Трудно дозвониться в сервис','Service is hard to reach','В сервис не дозвониться, никто не отвечает / Nobody in service picks up or answers',NULL,NULL,NULL,NULL,'#332288','k',NULL,8,NULL,NULL);
INSERT INTO "codes" VALUES('d5903856-9a0f-59e8-b52c-863da4bf3f06','barriers:unclear_manual','barriers','pain','Непонятная инструкция','Unclear manual','По инструкции не разобраться / The manual doesn''t help',NULL,NULL,NULL,NULL,'#882255','l',NULL,9,NULL,NULL);
INSERT INTO "codes" VALUES('e8160d12-0a62-56f4-926b-21a50ff557ce','barriers:other','barriers','pain','Другое препятствие','Another barrier','Клиенту что-то мешает, и в списке этого нет / Something hinders the client, and the list has no name for it',NULL,NULL,NULL,NULL,'#777777',NULL,NULL,10,NULL,NULL);
INSERT INTO "codes" VALUES('76c141ea-91f5-5178-99af-c8dff70cb84c','movers:pain','movers','need','Что болит','What hurts','У клиента «что-то болит» — проблема, от которой он хочет уйти / Something hurts, a problem that the client wants to leave behind',NULL,NULL,NULL,NULL,'#D55E00',',',NULL,1,NULL,NULL);
INSERT INTO "codes" VALUES('f9401246-4636-5acd-a072-e1476202107b','movers:need','movers','need','Потребность','Need','Интерес перерос в потребность — клиент говорит, что ему нужно / Interest has grown into a need that the client puts into words',NULL,NULL,NULL,NULL,'#0072B2','.',NULL,2,NULL,NULL);
INSERT INTO "codes" VALUES('664a1b6d-2081-54c3-b116-edb1a793a037','movers:dream','movers','dream','Мечта','Dream','У клиента есть мечта — то, к чему он хочет прийти / The client has a dream to come to',NULL,NULL,NULL,NULL,'#009E73','/',NULL,3,NULL,NULL);
CREATE TABLE codings (
	coding_id TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	quote TEXT NOT NULL, 
	code_id TEXT NOT NULL, 
	coder TEXT NOT NULL, 
	status TEXT NOT NULL, 
	suggestion_id TEXT, 
	run_id TEXT, 
	confidence FLOAT, 
	valence FLOAT, 
	intensity INTEGER, 
	memo TEXT, 
	created_at TEXT NOT NULL, 
	PRIMARY KEY (coding_id), 
	FOREIGN KEY(source_id) REFERENCES sources (source_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(code_id) REFERENCES codes (code_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(suggestion_id) REFERENCES codings (coding_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "codings" VALUES('6b89a69f-78ae-42dc-abc2-83b094cb07b5','talk',28,35,'цен нет','a88cd7de-5d5f-55c1-8f0d-9cd994479ffa','anna','human',NULL,NULL,NULL,NULL,NULL,'!','2026-11-22T20:24:24.972422+00:00');
INSERT INTO "codings" VALUES('s0','talk',22,27,'сайте','b8a4e7de-2c0a-5efd-98cc-f90a58b73337','rules:x-1','suggested',NULL,'269e6019-8023-4515-94b8-432e4d71117d',NULL,NULL,NULL,NULL,'2026-01-01T00:00:00.000000+00:00');
INSERT INTO "codings" VALUES('e494bcb7-7397-4c38-a89a-d1352988f93b','talk',22,27,'сайте','b8a4e7de-2c0a-5efd-98cc-f90a58b73337','anna','accepted','s0',NULL,NULL,NULL,NULL,NULL,'2026-11-22T20:24:25.040515+00:00');
INSERT INTO "codings" VALUES('fbf6abf9-4af1-4ff2-89a7-641df40a8677','talk',43,50,'звонили','a8c5d8e4-fe82-5e0d-8b88-43c72f3c0774','boris','human',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-22T20:24:24.993991+00:00');
CREATE TABLE events (
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	coder TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	undoes INTEGER, 
	client TEXT, 
	PRIMARY KEY (seq)
);
INSERT INTO "events" VALUES(1,'2026-11-22T20:24:24.840007+00:00','system','create','{"changes": [{"op": "insert", "table": "project", "rows": [{"goal": "an early release", "journey_model": "b2b8", "languages": "ru,en", "emotion_scheme": "feelings", "settings": "{}", "schema_version": 2}]}, {"op": "insert", "table": "codes", "rows": [{"code_id": "e26df9ed-4993-54a3-bbe3-0248a42abf7d", "slug": "b2b8:awareness", "scheme": "b2b8", "kind": "stage", "name_ru": "Осознание потребности", "name_en": "Awareness of a need", "definition": "Клиент понял, что «так жить нельзя», но решения ещё не ищет / The client sees that something must change and isn''t looking for a solution yet", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#AE76A3", "key": "1", "valence": null, "position": 1, "channel": null, "ownership": null}, {"code_id": "6ebc9d04-fd7a-57ab-8e97-5e5aab1d899a", "slug": "b2b8:search", "scheme": "b2b8", "kind": "stage", "name_ru": "Поиск решений", "name_en": "Search for solutions", "definition": "Клиент ищет варианты: гуглит, спрашивает коллег, читает, ходит на выставки / The client looks for options: searches, asks colleagues, reads, visits exhibitions", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#5289C7", "key": "2", "valence": null, "position": 2, "channel": null, "ownership": null}, {"code_id": "d528ac34-4fd7-55b5-84d5-7d66ca026895", "slug": "b2b8:evaluation", "scheme": "b2b8", "kind": "stage", "name_ru": "Оценка вариантов", "name_en": "Evaluation of options", "definition": "Клиент сравнивает решения и поставщиков, запрашивает предложения, проводит тесты / The client compares solutions and suppliers, asks for quotations, runs tests", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#7BAFDE", "key": "3", "valence": null, "position": 3, "channel": null, "ownership": null}, {"code_id": "1ddc0c6b-12a9-5b52-939c-c80b7ed6fdb3", "slug": "b2b8:purchase", "scheme": "b2b8", "kind": "stage", "name_ru": "Принятие решения и покупка", "name_en": "Decision and purchase", "definition": "Выбор сделан: переговоры, согласование договора, тендер, оплата / The choice is made: negotiations, contract, tender, payment", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#90C987", "key": "4", "valence": null, "position": 4, "channel": null, "ownership": null}, {"code_id": "017aecfe-b5cd-5e54-bdd6-b66464f35e76", "slug": "b2b8:onboarding", "scheme": "b2b8", "kind": "stage", "name_ru": "Поставка и внедрение", "name_en": "Delivery and onboarding", "definition": "Продукт доставлен, смонтирован, запущен; персонал обучают / The product is delivered, installed and started; people are trained", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#CAE0AB", "key": "5", "valence": null, "position": 5, "channel": null, "ownership": null}, {"code_id": "2671e876-8991-58c7-b9b4-c1c93ab84d13", "slug": "b2b8:use", "scheme": "b2b8", "kind": "stage", "name_ru": "Использование и поддержка", "name_en": "Use and support", "definition": "Регулярная работа с продуктом, обращения в сервис, запчасти / Regular use of the product, calls to service, spare parts", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#F7F056", "key": "6", "valence": null, "position": 6, "channel": null, "ownership": null}, {"code_id": "702c4c9d-f406-5404-97e5-8497c2f3f351", "slug": "b2b8:loyalty", "scheme": "b2b8", "kind": "stage", "name_ru": "Лояльность и повторные покупки", "name_en": "Loyalty and repeat purchase", "definition": "Клиент покупает снова и не ищет других поставщиков / The client buys again and looks for no other supplier", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#F1932D", "key": "7", "valence": null, "position": 7, "channel": null, "ownership": null}, {"code_id": "799a842c-ebb8-5f58-b5f6-e2ccec462ff8", "slug": "b2b8:advocacy", "scheme": "b2b8", "kind": "stage", "name_ru": "Адвокация бренда", "name_en": "Brand advocacy", "definition": "Клиент сам рекомендует компанию другим / The client recommends the company of their own accord", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#72190E", "key": "8", "valence": null, "position": 8, "channel": null, "ownership": null}, {"code_id": "b8a4e7de-2c0a-5efd-98cc-f90a58b73337", "slug": "touchpoints:website", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Сайт", "name_en": "Website", "definition": "Ваш сайт: страницы продуктов, блог, контакты, форма заявки / Your site: product pages, blog, contacts, request form", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#E8ECFB", "key": "z", "valence": null, "position": 1, "channel": "digital", "ownership": "owned"}, {"code_id": "25233db5-0756-5bb8-9d48-73b4cbd090b3", "slug": "touchpoints:search_engine", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Поисковые системы", "name_en": "Search engines", "definition": "Яндекс, Google: как компания выглядит в выдаче / Yandex, Google: how the company looks in the results", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#D9CCE3", "key": "x", "valence": null, "position": 2, "channel": "digital", "ownership": "earned"}, {"code_id": "53fad027-22c9-569f-8136-8bfae91870a0", "slug": "touchpoints:social", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Социальные сети", "name_en": "Social networks", "definition": "VK, Telegram-каналы, отраслевые группы / VK, Telegram channels, industry groups", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#CAACCB", "key": null, "valence": null, "position": 3, "channel": "digital", "ownership": "owned"}, {"code_id": "efe7136e-1834-5d86-8a1b-bbf6e1e29368", "slug": "touchpoints:email", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Email", "name_en": "Email", "definition": "Письма, рассылки, переписка / Letters, newsletters, correspondence", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#BA8DB4", "key": "c", "valence": null, "position": 4, "channel": "digital", "ownership": "owned"}, {"code_id": "28782c07-ae4c-5e5d-92db-54367380417e", "slug": "touchpoints:online_ads", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Онлайн-реклама", "name_en": "Online advertising", "definition": "Баннеры, контекстная и таргетированная реклама / Banners, search and targeted ads", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#994F88", "key": null, "valence": null, "position": 5, "channel": "digital", "ownership": "paid"}, {"code_id": "286bec64-5dae-5769-9d6a-2ca5fbfd90a1", "slug": "touchpoints:webinar", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Вебинары и онлайн-конференции", "name_en": "Webinars and online conferences", "definition": "Вебинар или онлайн-конференция / A webinar or an online conference", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#882E72", "key": null, "valence": null, "position": 6, "channel": "digital", "ownership": "owned"}, {"code_id": "46694797-0430-51db-901f-329806aeb3ee", "slug": "touchpoints:chat", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Онлайн-чаты и чат-боты", "name_en": "Online chats and chat bots", "definition": "Чат с человеком или ботом, мессенджер компании / A chat with a person or a bot, the company''s messenger", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#1965B0", "key": null, "valence": null, "position": 7, "channel": "digital", "ownership": "owned"}, {"code_id": "e2914f47-365d-5972-bdb1-f9fe3820d57f", "slug": "touchpoints:portal", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Клиентские порталы, личные кабинеты", "name_en": "Customer portals, personal accounts", "definition": "Заказы, статусы, документы в личном кабинете / Orders, statuses and documents in a personal account", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#437DBF", "key": "v", "valence": null, "position": 8, "channel": "digital", "ownership": "owned"}, {"code_id": "d9ecafd9-ea51-53fa-91f5-98e3037d971b", "slug": "touchpoints:configurator", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Онлайн-конфигураторы, калькуляторы", "name_en": "Online configurators, calculators", "definition": "Подобрать решение или посчитать стоимость самому / Choose a solution or count the price by oneself", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#6195CF", "key": null, "valence": null, "position": 9, "channel": "digital", "ownership": "owned"}, {"code_id": "1fe7d01b-e65f-5809-958f-d694c50fffe7", "slug": "touchpoints:exhibition", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Выставки, конференции, форумы", "name_en": "Exhibitions, conferences, forums", "definition": "Стенд, спикеры, раздаточные материалы / A stand, speakers, hand-outs", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#7BAFDE", "key": null, "valence": null, "position": 10, "channel": "physical", "ownership": "paid"}, {"code_id": "ca8211e2-2cf8-52da-8f7b-ae5775ec60a4", "slug": "touchpoints:seminar", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Семинары, воркшопы, бизнес-завтраки", "name_en": "Seminars, workshops, business breakfasts", "definition": "Камерные мероприятия для клиентов и партнёров / Small events for clients and partners", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#4EB265", "key": null, "valence": null, "position": 11, "channel": "physical", "ownership": "owned"}, {"code_id": "7f924849-4fbb-548c-8d10-d942e76358bc", "slug": "touchpoints:office", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Офис, шоурум, производство", "name_en": "Office, showroom, plant", "definition": "Визит клиента в офис или на завод / A visit to the office or the plant", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#90C987", "key": null, "valence": null, "position": 12, "channel": "physical", "ownership": "owned"}, {"code_id": "19f124ea-b561-52d0-96c6-017ce58bee6a", "slug": "touchpoints:print", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Печатные материалы", "name_en": "Printed materials", "definition": "Каталоги, буклеты, прайс-листы, статьи в журналах / Catalogues, brochures, price lists, articles in magazines", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#CAE0AB", "key": null, "valence": null, "position": 13, "channel": "physical", "ownership": "owned"}, {"code_id": "5878d0a9-0786-513e-952a-4bd6a89003df", "slug": "touchpoints:product", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Сам продукт", "name_en": "The product itself", "definition": "Внешний вид, упаковка, качество, инструкция / Looks, packing, quality, manual", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#F7F056", "key": "m", "valence": null, "position": 14, "channel": "physical", "ownership": "owned"}, {"code_id": "bdc79b92-a240-5400-8d4e-7030196e02c4", "slug": "touchpoints:direct_mail", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Прямая почтовая рассылка", "name_en": "Direct mail", "definition": "Бумажная почта / Letters on paper", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#F7CB45", "key": null, "valence": null, "position": 15, "channel": "physical", "ownership": "owned"}, {"code_id": "e200af60-a9d7-5054-b568-3ffbcdcb7470", "slug": "touchpoints:sales_manager", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Менеджеры по продажам", "name_en": "Sales managers", "definition": "Звонки, встречи, переписка с менеджером / Calls, meetings and letters with a manager", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#F4A736", "key": "b", "valence": null, "position": 16, "channel": "human", "ownership": "owned"}, {"code_id": "b109507b-e15c-539d-847c-efffaa481128", "slug": "touchpoints:engineer", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Технические специалисты, инженеры", "name_en": "Technical specialists, engineers", "definition": "Консультации, подбор решения, шеф-монтаж / Advice, choice of a solution, supervised installation", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#EE8026", "key": null, "valence": null, "position": 17, "channel": "human", "ownership": "owned"}, {"code_id": "cc7a956c-ee25-587f-91a6-09b15f8da5fd", "slug": "touchpoints:support", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Служба поддержки, сервисные инженеры", "name_en": "Support, service engineers", "definition": "Реакция на проблемы, ремонт, плановое ТО / Reaction to problems, repair, maintenance", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#E65518", "key": "n", "valence": null, "position": 18, "channel": "human", "ownership": "owned"}, {"code_id": "65f3ba63-c291-5840-a4ad-86783d086b46", "slug": "touchpoints:call_centre", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Секретарь, оператор колл-центра", "name_en": "Reception, call centre operator", "definition": "Первый голос, который слышит клиент / The first voice that a client hears", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#DC050C", "key": null, "valence": null, "position": 19, "channel": "human", "ownership": "owned"}, {"code_id": "bb28aed6-7297-5020-9298-f8bc15c3c863", "slug": "touchpoints:management", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Руководство компании", "name_en": "Company management", "definition": "Переговоры с участием руководства / Negotiations with the management", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#A5170E", "key": null, "valence": null, "position": 20, "channel": "human", "ownership": "owned"}, {"code_id": "828f63c9-8011-5184-9f82-384d7648d90e", "slug": "touchpoints:installer", "scheme": "touchpoints", "kind": "touchpoint", "name_ru": "Монтажники, наладчики, водители доставки", "name_en": "Installers, adjusters, delivery drivers", "definition": "Все, кто встречается с клиентом при исполнении заказа / Whoever meets the client while the order is carried out", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#42150A", "key": null, "valence": null, "position": 21, "channel": "human", "ownership": "owned"}, {"code_id": "a1de3869-5e03-5a76-9fd1-ccbfdcf8b85a", "slug": "feelings:interest", "scheme": "feelings", "kind": "emotion", "name_ru": "Заинтересованность", "name_en": "Interest", "definition": "Любопытно, хочется узнать больше / Curious, wants to know more", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#56B4E9", "key": "q", "valence": 0.4, "position": 1, "channel": null, "ownership": null}, {"code_id": "3bfc7e21-fe47-5fa0-af24-6296c3941d51", "slug": "feelings:confusion", "scheme": "feelings", "kind": "emotion", "name_ru": "Растерянность", "name_en": "Confusion", "definition": "Непонятно, что происходит и что делать / Doesn''t understand what is going on or what to do", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#AA4499", "key": "w", "valence": -0.4, "position": 2, "channel": null, "ownership": null}, {"code_id": "f4883dc8-82f4-5ea2-ae59-75516a5c7f9a", "slug": "feelings:hope", "scheme": "feelings", "kind": "emotion", "name_ru": "Надежда", "name_en": "Hope", "definition": "Ждёт, что всё получится / Expects that it will turn out well", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#88CCEE", "key": "e", "valence": 0.4, "position": 3, "channel": null, "ownership": null}, {"code_id": "660aa932-235c-580e-8fb4-15f69a75c6d0", "slug": "feelings:doubt", "scheme": "feelings", "kind": "emotion", "name_ru": "Сомнение", "name_en": "Doubt", "definition": "Не уверен, стоит ли, не дорого ли, не подведут ли / Unsure whether it is worth it or will be let down", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#CC79A7", "key": "r", "valence": -0.3, "position": 4, "channel": null, "ownership": null}, {"code_id": "13fda3ba-dea4-54c9-bd21-8a1b4af93fe8", "slug": "feelings:trust", "scheme": "feelings", "kind": "emotion", "name_ru": "Доверие", "name_en": "Trust", "definition": "Полагается на людей и слова компании / Relies on the company''s people and words", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#0072B2", "key": "t", "valence": 0.7, "position": 5, "channel": null, "ownership": null}, {"code_id": "a88cd7de-5d5f-55c1-8f0d-9cd994479ffa", "slug": "feelings:irritation", "scheme": "feelings", "kind": "emotion", "name_ru": "Раздражение", "name_en": "Irritation", "definition": "Злит, бесит, достало / Annoyed or angry", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#D55E00", "key": "y", "valence": -0.7, "position": 6, "channel": null, "ownership": null}, {"code_id": "c11dfb0e-2e58-585d-8c98-4846faebbda9", "slug": "feelings:impatience", "scheme": "feelings", "kind": "emotion", "name_ru": "Нетерпение", "name_en": "Impatience", "definition": "Не хочет или не может больше ждать / Can''t or won''t wait any longer", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#E69F00", "key": "u", "valence": -0.4, "position": 7, "channel": null, "ownership": null}, {"code_id": "9253af15-4c67-5662-b992-0dd8440727a0", "slug": "feelings:confidence", "scheme": "feelings", "kind": "emotion", "name_ru": "Уверенность", "name_en": "Confidence", "definition": "Уверен в выборе и в результате / Sure of the choice and of the result", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#332288", "key": "i", "valence": 0.6, "position": 8, "channel": null, "ownership": null}, {"code_id": "9109e9b2-9167-5562-addf-0a05d4219aa9", "slug": "feelings:satisfaction", "scheme": "feelings", "kind": "emotion", "name_ru": "Удовлетворение", "name_en": "Satisfaction", "definition": "Доволен тем, что получил / Content with what was received", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#009E73", "key": "o", "valence": 0.7, "position": 9, "channel": null, "ownership": null}, {"code_id": "9618b19e-9f48-52e2-81ba-a3e3e4129b5c", "slug": "feelings:joy", "scheme": "feelings", "kind": "emotion", "name_ru": "Радость", "name_en": "Joy", "definition": "Радуется, восхищён / Glad, delighted", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#F0E442", "key": "p", "valence": 0.9, "position": 10, "channel": null, "ownership": null}, {"code_id": "e37ea170-ff72-5ad8-99c7-b7c1163cb3a0", "slug": "feelings:disappointment", "scheme": "feelings", "kind": "emotion", "name_ru": "Разочарование", "name_en": "Disappointment", "definition": "Ждал лучшего, чем получил / Expected better than what came", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#882255", "key": "[", "valence": -0.7, "position": 11, "channel": null, "ownership": null}, {"code_id": "94c4f2a9-fdf7-514b-96e9-353027a0a2aa", "slug": "barriers:navigation", "scheme": "barriers", "kind": "pain", "name_ru": "Непонятная навигация", "name_en": "Confusing navigation", "definition": "На сайте или в портале трудно найти нужное / It is hard to find things on the site or portal", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#E69F00", "key": "a", "valence": null, "position": 1, "channel": null, "ownership": null}, {"code_id": "71cdad3e-6374-5366-b40c-452c22f900c5", "slug": "barriers:no_prices", "scheme": "barriers", "kind": "pain", "name_ru": "Нет цен в открытом доступе", "name_en": "No public prices", "definition": "Цену не узнать без запроса и звонка / The price can''t be learnt without asking", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#56B4E9", "key": "s", "valence": null, "position": 2, "channel": null, "ownership": null}, {"code_id": "a8c5d8e4-fe82-5e0d-8b88-43c72f3c0774", "slug": "barriers:slow_reply", "scheme": "barriers", "kind": "pain", "name_ru": "Долгий ответ на запрос", "name_en": "Slow reply", "definition": "Ответа, счёта, предложения приходится долго ждать / A reply, invoice or offer takes too long", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#009E73", "key": "d", "valence": null, "position": 3, "channel": null, "ownership": null}, {"code_id": "c33788e6-bb28-5f58-ba18-3b9678389a09", "slug": "barriers:incompetent_manager", "scheme": "barriers", "kind": "pain", "name_ru": "Некомпетентный менеджер", "name_en": "Incompetent manager", "definition": "Менеджер не знает продукта или условий / The manager doesn''t know the product or the terms", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#F0E442", "key": "f", "valence": null, "position": 4, "channel": null, "ownership": null}, {"code_id": "6effa486-22f7-55a5-a03c-9cf15d3a0377", "slug": "barriers:contract", "scheme": "barriers", "kind": "pain", "name_ru": "Сложное согласование договора", "name_en": "Hard contract approval", "definition": "Договор и бумаги согласуются трудно и долго / Contract and paperwork are hard to get agreed", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#0072B2", "key": "g", "valence": null, "position": 5, "channel": null, "ownership": null}, {"code_id": "108103ed-a988-5b82-b8b6-c6f6d19c69b3", "slug": "barriers:late_delivery", "scheme": "barriers", "kind": "pain", "name_ru": "Задержка поставки", "name_en": "Late delivery", "definition": "Поставка пришла позже обещанного / Delivery came later than promised", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#D55E00", "key": "h", "valence": null, "position": 6, "channel": null, "ownership": null}, {"code_id": "ffcf3eb4-4ef5-590d-8578-0804e2b0bd9b", "slug": "barriers:installation_errors", "scheme": "barriers", "kind": "pain", "name_ru": "Ошибки при монтаже", "name_en": "Installation errors", "definition": "Смонтировали или настроили неправильно / Installed or set up wrongly", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#CC79A7", "key": "j", "valence": null, "position": 7, "channel": null, "ownership": null}, {"code_id": "f409ca21-16ca-5265-a3c2-d19b883d8884", "slug": "barriers:unreachable_service", "scheme": "barriers", "kind": "pain", "name_ru": "Трудно дозвониться в сервис", "name_en": "Service is hard to reach", "definition": "В сервис не дозвониться, никто не отвечает / Nobody in service picks up or answers", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#332288", "key": "k", "valence": null, "position": 8, "channel": null, "ownership": null}, {"code_id": "d5903856-9a0f-59e8-b52c-863da4bf3f06", "slug": "barriers:unclear_manual", "scheme": "barriers", "kind": "pain", "name_ru": "Непонятная инструкция", "name_en": "Unclear manual", "definition": "По инструкции не разобраться / The manual doesn''t help", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#882255", "key": "l", "valence": null, "position": 9, "channel": null, "ownership": null}, {"code_id": "e8160d12-0a62-56f4-926b-21a50ff557ce", "slug": "barriers:other", "scheme": "barriers", "kind": "pain", "name_ru": "Другое препятствие", "name_en": "Another barrier", "definition": "Клиенту что-то мешает, и в списке этого нет / Something hinders the client, and the list has no name for it", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#777777", "key": null, "valence": null, "position": 10, "channel": null, "ownership": null}, {"code_id": "76c141ea-91f5-5178-99af-c8dff70cb84c", "slug": "movers:pain", "scheme": "movers", "kind": "need", "name_ru": "Что болит", "name_en": "What hurts", "definition": "У клиента «что-то болит» — проблема, от которой он хочет уйти / Something hurts, a problem that the client wants to leave behind", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#D55E00", "key": ",", "valence": null, "position": 1, "channel": null, "ownership": null}, {"code_id": "f9401246-4636-5acd-a072-e1476202107b", "slug": "movers:need", "scheme": "movers", "kind": "need", "name_ru": "Потребность", "name_en": "Need", "definition": "Интерес перерос в потребность — клиент говорит, что ему нужно / Interest has grown into a need that the client puts into words", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#0072B2", "key": ".", "valence": null, "position": 2, "channel": null, "ownership": null}, {"code_id": "664a1b6d-2081-54c3-b116-edb1a793a037", "slug": "movers:dream", "scheme": "movers", "kind": "dream", "name_ru": "Мечта", "name_en": "Dream", "definition": "У клиента есть мечта — то, к чему он хочет прийти / The client has a dream to come to", "include": null, "exclude": null, "examples": null, "parent_id": null, "colour": "#009E73", "key": "/", "valence": null, "position": 3, "channel": null, "ownership": null}]}]}',NULL,NULL);
INSERT INTO "events" VALUES(2,'2026-11-22T20:24:24.871835+00:00','import','participants','{"changes": [{"op": "insert", "table": "participants", "rows": [{"participant_id": "P01", "pseudonym": "P01", "org_id": null, "buying_role": null, "customer_segment": null, "outcome": null, "language": "ru", "consent": null, "traits": "{}"}, {"participant_id": "P02", "pseudonym": "P02", "org_id": null, "buying_role": null, "customer_segment": null, "outcome": null, "language": "ru", "consent": null, "traits": "{}"}]}]}',NULL,NULL);
INSERT INTO "events" VALUES(3,'2026-11-22T20:24:24.966173+00:00','import','add','{"changes": [{"op": "insert", "table": "sources", "rows": [{"source_id": "talk", "kind": "interview", "title": "talk", "file": null, "recorded_on": null, "wave": null, "lag_hours": null, "language": "ru", "revision": 1}]}, {"op": "insert", "table": "texts", "where": {"source_id": "talk"}, "count": 1, "sha256": "44a2155fd2e207d06546eff76a7ec95a188f36f435a3b3eef1529ff11cb94dc4"}, {"op": "insert", "table": "speakers", "where": {"source_id": "talk"}, "count": 3, "sha256": "8d693fd4d3e4995cc25908896f70fc7357ebb7a46de08ec7f73327b5aa88cf1b"}, {"op": "insert", "table": "turns", "where": {"source_id": "talk"}, "count": 3, "sha256": "48f2e7e992c623af502106e437ef30346d84fcb2aaba4b882eb3e1118731e5ab"}]}',NULL,NULL);
INSERT INTO "events" VALUES(4,'2026-11-22T20:24:24.974367+00:00','anna','code','{"changes": [{"op": "insert", "table": "codings", "rows": [{"coding_id": "6b89a69f-78ae-42dc-abc2-83b094cb07b5", "source_id": "talk", "start": 28, "end": 35, "quote": "цен нет", "code_id": "a88cd7de-5d5f-55c1-8f0d-9cd994479ffa", "coder": "anna", "status": "human", "suggestion_id": null, "run_id": null, "confidence": null, "valence": null, "intensity": null, "memo": "!", "created_at": "2026-11-22T20:24:24.972422+00:00"}]}]}',NULL,NULL);
INSERT INTO "events" VALUES(5,'2026-11-22T20:24:24.994353+00:00','boris','code','{"changes": [{"op": "insert", "table": "codings", "rows": [{"coding_id": "fbf6abf9-4af1-4ff2-89a7-641df40a8677", "source_id": "talk", "start": 43, "end": 50, "quote": "звонили", "code_id": "a8c5d8e4-fe82-5e0d-8b88-43c72f3c0774", "coder": "boris", "status": "human", "suggestion_id": null, "run_id": null, "confidence": null, "valence": null, "intensity": null, "memo": null, "created_at": "2026-11-22T20:24:24.993991+00:00"}]}]}',NULL,NULL);
INSERT INTO "events" VALUES(6,'2026-11-22T20:24:25.035113+00:00','rules:x-1','codings','{"changes": [{"op": "insert", "table": "codings", "where": {"run_id": "269e6019-8023-4515-94b8-432e4d71117d", "source_id": "talk"}, "count": 1, "sha256": "5f8a8933b968bbb7eb5d5d00e6c53b697d1a4a96a30558432ba576acb06ec889"}]}',NULL,NULL);
INSERT INTO "events" VALUES(7,'2026-11-22T20:24:25.040679+00:00','anna','decide','{"changes": [{"op": "insert", "table": "codings", "rows": [{"coding_id": "e494bcb7-7397-4c38-a89a-d1352988f93b", "source_id": "talk", "start": 22, "end": 27, "quote": "сайте", "code_id": "b8a4e7de-2c0a-5efd-98cc-f90a58b73337", "coder": "anna", "status": "accepted", "suggestion_id": "s0", "run_id": null, "confidence": null, "valence": null, "intensity": null, "memo": null, "created_at": "2026-11-22T20:24:25.040515+00:00"}]}]}',NULL,NULL);
INSERT INTO "events" VALUES(8,'2026-11-22T20:24:25.062390+00:00','anna','item','{"changes": [{"op": "insert", "table": "items", "rows": [{"item_id": "835a00ee-f7d6-4e51-b33c-94bcae083894", "stage": "b2b8:search", "layer": "opportunities", "text": "Показать цены", "owner": null, "status": null, "map_type": "current"}]}, {"op": "insert", "table": "links", "rows": [{"link_id": "2c2713f7-d32d-4767-8622-ca15d5d9616e", "from_id": "835a00ee-f7d6-4e51-b33c-94bcae083894", "relation": "rests_on", "to_id": "6b89a69f-78ae-42dc-abc2-83b094cb07b5"}]}]}',NULL,NULL);
INSERT INTO "events" VALUES(9,'2026-11-22T20:24:25.082507+00:00','import','personas','{"changes": [{"op": "insert", "table": "personas", "rows": [{"persona_id": "hunter", "name": "Охотник", "origin": "manual"}]}, {"op": "insert", "table": "memberships", "rows": [{"persona_id": "hunter", "participant_id": "P01", "probability": 1.0}, {"persona_id": "hunter", "participant_id": "P02", "probability": 1.0}]}]}',NULL,NULL);
INSERT INTO "events" VALUES(10,'2026-11-22T20:24:25.087268+00:00','boris','delete','{"changes": [{"op": "delete", "table": "codings", "rows": [{"coding_id": "fbf6abf9-4af1-4ff2-89a7-641df40a8677", "source_id": "talk", "start": 43, "end": 50, "quote": "звонили", "code_id": "a8c5d8e4-fe82-5e0d-8b88-43c72f3c0774", "coder": "boris", "status": "human", "suggestion_id": null, "run_id": null, "confidence": null, "valence": null, "intensity": null, "memo": null, "created_at": "2026-11-22T20:24:24.993991+00:00"}]}]}',NULL,NULL);
INSERT INTO "events" VALUES(11,'2026-11-22T20:24:25.095240+00:00','boris','undo','{"changes": [{"op": "insert", "table": "codings", "rows": [{"coding_id": "fbf6abf9-4af1-4ff2-89a7-641df40a8677", "source_id": "talk", "start": 43, "end": 50, "quote": "звонили", "code_id": "a8c5d8e4-fe82-5e0d-8b88-43c72f3c0774", "coder": "boris", "status": "human", "suggestion_id": null, "run_id": null, "confidence": null, "valence": null, "intensity": null, "memo": null, "created_at": "2026-11-22T20:24:24.993991+00:00"}]}]}',10,NULL);
CREATE TABLE items (
	item_id TEXT NOT NULL, 
	stage TEXT, 
	layer TEXT NOT NULL, 
	text TEXT NOT NULL, 
	owner TEXT, 
	status TEXT, 
	map_type TEXT NOT NULL, 
	PRIMARY KEY (item_id)
);
INSERT INTO "items" VALUES('835a00ee-f7d6-4e51-b33c-94bcae083894','b2b8:search','opportunities','Показать цены',NULL,NULL,'current');
CREATE TABLE links (
	link_id TEXT NOT NULL, 
	from_id TEXT NOT NULL, 
	relation TEXT NOT NULL, 
	to_id TEXT NOT NULL, 
	PRIMARY KEY (link_id)
);
INSERT INTO "links" VALUES('2c2713f7-d32d-4767-8622-ca15d5d9616e','835a00ee-f7d6-4e51-b33c-94bcae083894','rests_on','6b89a69f-78ae-42dc-abc2-83b094cb07b5');
CREATE TABLE memberships (
	persona_id TEXT NOT NULL, 
	participant_id TEXT NOT NULL, 
	probability FLOAT NOT NULL, 
	PRIMARY KEY (persona_id, participant_id), 
	FOREIGN KEY(persona_id) REFERENCES personas (persona_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(participant_id) REFERENCES participants (participant_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "memberships" VALUES('hunter','P01',1.0);
INSERT INTO "memberships" VALUES('hunter','P02',1.0);
CREATE TABLE participants (
	participant_id TEXT NOT NULL, 
	pseudonym TEXT NOT NULL, 
	org_id TEXT, 
	buying_role TEXT, 
	customer_segment TEXT, 
	outcome TEXT, 
	language TEXT, 
	consent BOOLEAN, 
	traits TEXT NOT NULL, 
	PRIMARY KEY (participant_id)
);
INSERT INTO "participants" VALUES('P01','P01',NULL,NULL,NULL,NULL,'ru',NULL,'{}');
INSERT INTO "participants" VALUES('P02','P02',NULL,NULL,NULL,NULL,'ru',NULL,'{}');
CREATE TABLE personas (
	persona_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	PRIMARY KEY (persona_id)
);
INSERT INTO "personas" VALUES('hunter','Охотник','manual');
CREATE TABLE project (
	goal TEXT NOT NULL, 
	journey_model TEXT NOT NULL, 
	languages TEXT NOT NULL, 
	emotion_scheme TEXT NOT NULL, 
	settings TEXT NOT NULL, 
	schema_version INTEGER NOT NULL, 
	PRIMARY KEY (schema_version)
);
INSERT INTO "project" VALUES('an early release','b2b8','ru,en','feelings','{}',2);
CREATE TABLE questions (
	question_id TEXT NOT NULL, 
	survey_id TEXT NOT NULL, 
	text TEXT NOT NULL, 
	type TEXT NOT NULL, 
	metric TEXT, 
	scale_min FLOAT, 
	scale_max FLOAT, 
	higher_is_better BOOLEAN, 
	stage TEXT, 
	touchpoint TEXT, 
	pii BOOLEAN NOT NULL, 
	PRIMARY KEY (question_id), 
	FOREIGN KEY(survey_id) REFERENCES sources (source_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE samples (
	sample_id TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	probability FLOAT NOT NULL, 
	design TEXT NOT NULL, 
	PRIMARY KEY (sample_id), 
	FOREIGN KEY(source_id) REFERENCES sources (source_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE sources (
	source_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	title TEXT NOT NULL, 
	file TEXT, 
	recorded_on TEXT, 
	wave TEXT, 
	lag_hours FLOAT, 
	language TEXT, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (source_id)
);
INSERT INTO "sources" VALUES('talk','interview','talk',NULL,NULL,NULL,NULL,'ru',1);
CREATE TABLE speakers (
	source_id TEXT NOT NULL, 
	speaker TEXT NOT NULL, 
	participant_id TEXT, 
	role TEXT NOT NULL, 
	voice TEXT NOT NULL, 
	PRIMARY KEY (source_id, speaker), 
	FOREIGN KEY(source_id) REFERENCES sources (source_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(participant_id) REFERENCES participants (participant_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "speakers" VALUES('talk','Аня',NULL,'interviewer','customer');
INSERT INTO "speakers" VALUES('talk','Павел','P01','participant','customer');
INSERT INTO "speakers" VALUES('talk','Ольга','P02','participant','customer');
CREATE TABLE texts (
	source_id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	reason TEXT, 
	PRIMARY KEY (source_id, revision), 
	FOREIGN KEY(source_id) REFERENCES sources (source_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "texts" VALUES('talk',1,'Как нашли нас?
Ну, на сайте цен нет.
А мне звонили, звонили.','78c4bee661b3366da11b058d028e770378b409b735f704cdd267c931670e3858','as read');
CREATE TABLE turns (
	turn_id TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	speaker TEXT NOT NULL, 
	prompt TEXT, 
	question_id TEXT, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	begin_s FLOAT, 
	end_s FLOAT, 
	locator TEXT, 
	PRIMARY KEY (turn_id), 
	FOREIGN KEY(source_id) REFERENCES sources (source_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(question_id) REFERENCES questions (question_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "turns" VALUES('t0','talk',0,'Аня',NULL,NULL,0,14,NULL,NULL,NULL);
INSERT INTO "turns" VALUES('t1','talk',1,'Павел',NULL,NULL,15,36,NULL,NULL,NULL);
INSERT INTO "turns" VALUES('t2','talk',2,'Ольга',NULL,NULL,37,60,NULL,NULL,NULL);
CREATE TABLE visits (
	visit_id TEXT NOT NULL, 
	participant_id TEXT NOT NULL, 
	stage TEXT, 
	touchpoint TEXT, 
	order_told INTEGER, 
	order_happened INTEGER, 
	"begin" TEXT, 
	"end" TEXT, 
	origin TEXT NOT NULL, 
	PRIMARY KEY (visit_id), 
	FOREIGN KEY(participant_id) REFERENCES participants (participant_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_codes_parent_id ON codes (parent_id);
CREATE INDEX ix_events_coder ON events (coder, seq, kind, undoes);
CREATE INDEX ix_events_undoes ON events (undoes, seq) WHERE undoes IS NOT NULL;
CREATE UNIQUE INDEX ix_events_client ON events (client) WHERE client IS NOT NULL;
CREATE INDEX ix_speakers_participant_id ON speakers (participant_id);
CREATE INDEX ix_questions_survey_id ON questions (survey_id);
CREATE INDEX ix_codings_code_id ON codings (code_id);
CREATE INDEX ix_codings_suggestion_id ON codings (suggestion_id);
CREATE INDEX ix_codings_place ON codings (source_id, start, "end");
CREATE INDEX ix_visits_participant_id ON visits (participant_id);
CREATE INDEX ix_samples_source_id ON samples (source_id);
CREATE INDEX ix_turns_source_id ON turns (source_id);
CREATE INDEX ix_turns_question_id ON turns (question_id);
CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER events_hold BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events never change'); END;
COMMIT;
